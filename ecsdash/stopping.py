"""The end of a process after SIGTERM: work in progress stops before its next AWS call, so that others continue it."""

import logging
import os
import threading
import time
from typing import Final

import structlog

EXIT_SECONDS: Final = 8.0  # after the signal; containers are killed after 10 seconds by default
STOPPING: Final = threading.Event()
log = structlog.get_logger(__name__)


class Stopped(Exception):
    """This process is ending: give back what was claimed and return."""


def begin() -> None:
    """Have all work of this process stop. What does not stop in time ends with the process: a call without an answer
    keeps its lease, and another process looks up its effect afterwards."""
    if not STOPPING.is_set():
        STOPPING.set()
        limit_exit()


def limit_exit() -> None:
    """End this process EXIT_SECONDS from now if it has not ended by itself."""
    threading.Thread(target=_exit_late, name="exit", daemon=True).start()


def check() -> None:
    """Raise Stopped when this process is ending."""
    if STOPPING.is_set():
        raise Stopped


def sleep(seconds: float) -> None:
    """Sleep. Raise Stopped as soon as this process is ending."""
    STOPPING.wait(seconds)
    check()


def _exit_late() -> None:
    time.sleep(EXIT_SECONDS)
    log.warning("exit_with_work_in_progress", threads=threading.active_count(), seconds=EXIT_SECONDS)
    logging.shutdown()
    os._exit(0)
