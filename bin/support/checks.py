"""Pytest, and beside it the static checks. The summary of pytest is printed last."""

import os
import subprocess
import sys
from collections.abc import Sequence

from support import browser, install
from support.errors import one_line


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with two processes more than cores, because many tests wait for other processes."""
    spread = ["-n", str((os.cpu_count() or 1) + 2), "-p", "support.report", "--durations=25"]
    environment = {**os.environ, "PYTHONPATH": "bin"}
    command = [sys.executable, "-m", "pytest", *spread, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    if "--fast" in arguments:
        arguments = ["-m", "not browser and not slow", *(word for word in arguments if word != "--fast")]
    else:
        browser.ensure()
        install.ensure_clients()
    return run_pytest(arguments)


if __name__ == "__main__":
    with one_line():
        sys.exit(main(sys.argv[1:]))
