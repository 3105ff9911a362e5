"""Commands that start the processes of the product, for the demo and for tests."""

import sys
from pathlib import Path
from typing import Final

from support.processes import LOOPBACK

ROOT: Final = Path(__file__).resolve().parents[2]
BIN: Final = Path(sys.executable).parent


def web(port: int) -> list[str]:
    return [
        str(BIN / "granian"),
        "--interface=wsgi",
        "--http=1",
        "--no-ws",
        f"--host={LOOPBACK}",
        f"--port={port}",
        "--workers=1",
        "--blocking-threads=32",  # THREADS of ecsdash.web.limits.middleware
        "--http1-buffer-size=32768",
        "--backlog=4096",  # every open page keeps a connection; the server holds as many as this
        "--respawn-failed-workers",
        "--workers-kill-timeout=4",
        "--log-level=warning",
        "ecsdash.wsgi:application",
    ]


def worker(name: str = "worker") -> list[str]:
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    return [*_celery(), "worker", f"--hostname={name}@%h", *quiet]


def beat() -> list[str]:
    return [*_celery(), "beat", "--pidfile=", "--loglevel=WARNING"]


def events() -> list[str]:
    """Command of the events process, which reads ECS events from SQS."""
    return manage("events")


def sandbox(port: int, *, speed: float, estate: str, state: Path | None = None) -> list[str]:
    kept = ["--state", str(state)] if state else []
    wanted = ["--port", str(port), "--speed", str(speed), "--scenario", estate]
    return [sys.executable, "-m", "ecsdash.sandbox", "serve", *wanted, *kept]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _celery() -> list[str]:
    return [str(BIN / "celery"), "--app=ecsdash.celery"]
