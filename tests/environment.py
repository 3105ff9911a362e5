"""Ports, directory and settings of this test run. Imported before Django reads its settings; starts nothing."""

import os
import tempfile
from pathlib import Path
from typing import Final

from support.environment import scrub_this_process
from support.processes import free_port

RUN: Final = "ECSDASH_TEST_RUN"
PORT: Final = "ECSDASH_TEST_VALKEY_PORT"
XDIST: Final = os.environ.get("PYTEST_XDIST_WORKER", "")

if not XDIST:
    scrub_this_process()
    os.environ[RUN] = str(Path(tempfile.gettempdir()) / f"ecsdash-test-{os.getpid()}")
    os.environ[PORT] = str(free_port())

DIRECTORY: Final = Path(os.environ[RUN])
VALKEY_PORT: Final = int(os.environ[PORT])
PROCESS: Final = int(XDIST.removeprefix("gw") or -1) + 1  # 0 without xdist, otherwise from 1
# Each process of a parallel run has its own Valkey database; pytest-django gives it its own PostgreSQL database.
REDIS_URL: Final = f"redis://127.0.0.1:{VALKEY_PORT}/{PROCESS}"

os.environ.update(
    DJANGO_SETTINGS_MODULE="tests.settings",  # xdist workers read it before pytest.ini
    ECSDASH_SECRET_KEY="only-for-tests-" * 4,
    ECSDASH_DEMO="true",  # for the page of sign-in links
    ECSDASH_HTTPS="false",
    ECSDASH_DATABASE_URL=f"postgres:///{DIRECTORY / 'postgres'}/postgres",
    ECSDASH_REDIS_URL=REDIS_URL,
    ECSDASH_LOG_LEVEL="WARNING",
)
