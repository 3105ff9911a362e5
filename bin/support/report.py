"""Pytest plugin: runs the static checks beside the tests and adds those that failed to the summary."""

import subprocess
import sys
from typing import Final

import pytest

COMMAND: Final = [sys.executable, "-m", "support.static"]
CHECKS: Final = pytest.StashKey["subprocess.Popen[str]"]()
PRINTED: Final = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Start them in the first process alone: those of a parallel run load the plugin too."""
    if not hasattr(config, "workerinput"):
        config.stash[CHECKS] = subprocess.Popen(
            COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Wait for them. Tests that passed do not make up for a check that failed."""
    checks = session.config.stash.get(CHECKS, None)
    if checks is None:
        return
    session.config.stash[PRINTED] = checks.communicate()[0]
    if checks.returncode and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    printed = terminalreporter.config.stash.get(PRINTED, "")
    if printed:
        failed = terminalreporter.config.stash[CHECKS].returncode != 0
        terminalreporter.section("static checks failed" if failed else "static checks", red=failed)
        terminalreporter.write(printed)


def pytest_unconfigure(config: pytest.Config) -> None:
    """An interrupted run leaves none behind."""
    checks = config.stash.get(CHECKS, None)
    if checks is not None and checks.poll() is None:
        checks.kill()
