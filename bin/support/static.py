"""The static checks, one after the other: a line for each, below what one that failed has printed. Arguments are the
names of some of them."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from support.environment import clean

BIN: Final = Path(sys.executable).parent
COMMANDS: Final = ["bin/setup", "bin/demo", "bin/test"]
SETTINGS: Final = {
    "SECRET_KEY": "only-for-checks-" * 4,
    "DATABASE_URL": "sqlite:///:memory:",
    "AUDIT_KEYS": "checks:only-for-checks",
    "AUDIT_CHECKPOINTS": "file:///nowhere",
}
MANAGE: Final = [sys.executable, "manage.py"]
CHECKS: Final[dict[str, list[str]]] = {
    "ruff": [str(BIN / "ruff"), "check", "--quiet", ".", *COMMANDS],
    "ruff format": [str(BIN / "ruff"), "format", "--quiet", "--check", ".", *COMMANDS],
    "import-linter": [str(BIN / "lint-imports")],
    "djlint": [str(BIN / "djlint"), "--quiet", "--lint", "templates"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "mypy": [str(BIN / "mypy")],
}
NICENESS: Final = 5  # tests wait for other processes, and some have a limit of time: they go first


def passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    environment = {**clean(SETTINGS), "PYTHONPATH": "bin", "NO_COLOR": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    report = f"{name:<14} {verdict} in {time.monotonic() - started:.1f} s"
    if done.returncode:
        report = f"{done.stdout}{done.stderr}{report}"
    print(report, flush=True)
    return done.returncode == 0


def main(names: Sequence[str]) -> int:
    os.nice(NICENESS)
    results = [passes(name, CHECKS[name]) for name in names or CHECKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
