"""Garbage collection of a process that serves: collections stop its requests and jobs."""

import gc
from typing import Final

#: Objects made until the youngest are collected; most of a request's are gone by then.
YOUNG: Final = 10_000


def freeze_started() -> None:
    """Call at the end of a process's start: what exists by then stays, so no collection needs to look through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
