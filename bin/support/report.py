"""Pytest plugin: adds the failed static checks to the summary."""

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if failed := os.environ.get("FAILED_CHECKS"):
        terminalreporter.section("static checks failed", red=True)
        terminalreporter.line(failed)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("FAILED_CHECKS") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
