"""Chromium for browser tests: the system's or Playwright's; installed if neither exists.

The headless shell is Chromium without its own windows: it shows pages with half the processor time. Playwright has it
beside its Chromium; Debian has it as a package of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from support.errors import UnusableError, explain_install, one_line
from support.stamp import say

HEADLESS: Final = "chromium-headless-shell"
NAMES: Final = (HEADLESS, "chromium", "chromium-browser", "google-chrome")
# Chromium has no sandbox when run as root, and must not make requests of its own.
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed() -> str | None:
    """Return the path of the system's Chromium, None to use Playwright's."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> None:
    """Install the headless shell. A Chromium that is there already will do where that cannot be installed."""
    packaged = os.getuid() == 0 and shutil.which("apt-get") is not None
    if shutil.which(HEADLESS) or (installed() and not packaged) or (not installed() and _playwright_has_one()):
        return
    say("installing Chromium")
    if not packaged:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
        return
    try:
        _install_package(HEADLESS)
    except UnusableError:
        if not installed():
            _install_package("chromium")


def _install_package(name: str) -> None:
    _run(["apt-get", "update", "-q"])
    _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", name])


def _playwright_has_one() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnusableError(f"cannot install Chromium: {explain_install(done.stdout + done.stderr)}")


if __name__ == "__main__":
    with one_line():
        ensure()
