"""Static checks, then pytest. The summary of pytest is printed last."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from support import browser, install
from support.environment import clean
from support.errors import one_line

BIN: Final = Path(sys.executable).parent
COMMANDS: Final = ["bin/setup", "bin/demo", "bin/test"]
SETTINGS: Final = {"SECRET_KEY": "only-for-checks-" * 4, "DATABASE_URL": "sqlite:///:memory:"}
MANAGE: Final = [sys.executable, "manage.py"]
# Two groups that run in parallel; mypy, the slowest check, has its own.
GROUPS: Final[list[dict[str, list[str]]]] = [
    {"mypy": [str(BIN / "mypy")]},
    {
        "ruff": [str(BIN / "ruff"), "check", "--quiet", ".", *COMMANDS],
        "ruff format": [str(BIN / "ruff"), "format", "--quiet", "--check", ".", *COMMANDS],
        "import-linter": [str(BIN / "lint-imports")],
        "djlint": [str(BIN / "djlint"), "--quiet", "--lint", "templates"],
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    },
]


def run_group(group: dict[str, list[str]]) -> list[str]:
    """Return the names of the checks that failed."""
    return [name for name, command in group.items() if not passes(name, command)]


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


def static_checks() -> list[str]:
    with ThreadPoolExecutor(len(GROUPS)) as pool:
        return [name for failed in pool.map(run_group, GROUPS) for name in failed]


def run_pytest(arguments: Sequence[str], failed: Sequence[str]) -> int:
    """Run pytest with one process more than cores, because many tests wait for other processes.

    Its summary includes the failed static checks.
    """
    spread = ["-n", str((os.cpu_count() or 1) + 1), "-p", "support.report", "--durations=25"]
    environment = {**os.environ, "FAILED_CHECKS": ", ".join(failed), "PYTHONPATH": "bin"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *spread, *arguments], env=environment, check=False
    ).returncode


def main(arguments: Sequence[str]) -> int:
    if "--fast" in arguments:
        arguments = ["-m", "not browser and not slow", *(word for word in arguments if word != "--fast")]
    else:
        browser.ensure()
        install.ensure_clients()
    failed = static_checks()
    return run_pytest(arguments, failed) or (1 if failed else 0)


if __name__ == "__main__":
    with one_line():
        sys.exit(main(sys.argv[1:]))
