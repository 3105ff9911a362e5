"""Static files as served: collected, compressed and named by their content."""

import fcntl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from support.errors import UnusableError, explain_install
from support.stamp import Stamp


def ensure(root: Path, environment: Mapping[str, str]) -> None:
    """Collect the static files again if any of them changed. A lock allows one process at a time."""
    gathered = root / "staticfiles"
    gathered.mkdir(exist_ok=True)
    with (gathered / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = sorted(path for path in (root / "static").rglob("*") if path.is_file())
        stamp = Stamp(gathered / ".gathered", [*sources, root / "requirements" / "base.txt"])
        if stamp.matches():
            return
        command = [sys.executable, str(root / "manage.py"), "collectstatic", "--no-input", "--verbosity=0"]
        command += ["--ignore=icons.txt"]
        done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnusableError(f"cannot collect the static files: {explain_install(done.stderr)}")
        stamp.write()
