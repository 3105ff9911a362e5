"""Ports, directory and settings of a bench run. Imported before Django reads its settings; nothing is started here.

It clears all environment variables that could change the result.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from support.environment import scrub_this_process
from support.processes import free_port

scrub_this_process()
DIRECTORY: Final = Path(tempfile.gettempdir()) / f"ecsdash-bench-{os.getpid()}"
VALKEY_PORT: Final = free_port()
SANDBOX_PORT: Final = free_port()
#: Settings of every process of a bench run: names of the environment variables without their prefix.
SETTINGS: Final = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "HTTPS": "false",
    "LOG_LEVEL": "WARNING",
    "DATABASE_URL": f"postgres:///{DIRECTORY / 'postgres'}/postgres",
    "REDIS_URL": f"redis://127.0.0.1:{VALKEY_PORT}/0",
    "AWS_ENDPOINT_URL": f"http://127.0.0.1:{SANDBOX_PORT}",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
os.environ.update({f"ECSDASH_{name}": value for name, value in SETTINGS.items()})
os.environ["DJANGO_SETTINGS_MODULE"] = "ecsdash.bench.settings"
