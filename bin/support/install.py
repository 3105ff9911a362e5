"""Set up the checkout: virtual environment, locked Python packages, front-end files. Standard library only."""

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal, NoReturn

from support import frontend
from support.errors import UnusableError, explain_install, one_line
from support.stamp import Stamp, say

Kind = Literal["demo", "test"]
KINDS: Final = ("demo", "test")
ROOT: Final = Path(__file__).resolve().parents[2]
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
CLIENTS: Final = VENV / "clients"
LOCKS: Final = ROOT / "requirements"


def command(arguments: list[str]) -> None:
    with one_line():
        if "--front-end" in arguments:
            _front_end()
        elif "--test" in arguments:
            ensure("test")
            ensure_clients()
            _ensure_browser()
            _prepare_first_run()
        else:
            ensure("demo")


def hand_over(kind: Kind, module: str) -> NoReturn:
    """Install, then run `module` with the environment's Python in the same process, so that it receives signals."""
    with one_line():
        ensure(kind)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bin")}
    os.execve(PYTHON, [str(PYTHON), "-m", module, *sys.argv[1:]], environment)


def ensure(kind: Kind) -> None:
    """Install under a lock. Python packages and front-end files are installed in parallel where possible."""
    with Path(__file__).open() as lock, ThreadPoolExecutor(1) as aside:
        fcntl.flock(lock, fcntl.LOCK_EX)
        early = aside.submit(_front_end) if shutil.which("npm") else None
        if not _python_stamp(kind).matches():
            _install_python(kind)
        if early:
            early.result()
        else:
            _front_end()


def ensure_clients() -> None:
    """Install the public ECS clients for tests, in their own environment because they pin other versions."""
    stamp = Stamp(CLIENTS / ".installed", [LOCKS / "clients.txt"])
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.matches():
            return
        say("installing public ECS clients for the tests")
        shutil.rmtree(CLIENTS, ignore_errors=True)
        venv.create(CLIENTS, symlinks=True)
        install_lock(LOCKS / "clients.txt", CLIENTS / "bin" / "python")
        stamp.write()


def _ensure_browser() -> None:
    """Install Chromium by the environment's Python, which has Playwright."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bin")}
    done = subprocess.run([PYTHON, "-m", "support.browser"], env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _prepare_first_run() -> None:
    """Compile the product and the tests with pytest's assertions, or each process of the first run would do it. Beside
    it mypy reads the types of all packages into its cache. What either of them finds is reported by the run itself."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bin")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    quiet = subprocess.DEVNULL
    modules = (["pytest", "--collect-only", "--quiet"], ["support.static", "mypy"])
    running = [
        subprocess.Popen([PYTHON, "-m", *each], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
        for each in modules
    ]
    for each in running:
        each.wait()


def _front_end() -> None:
    frontend.ensure(ROOT, PYTHON, install_node)


def _python_stamp(kind: Kind) -> Stamp:
    """Return the stamp of the installed packages. The test packages include those of the demo."""
    complete = Stamp(VENV / ".installed-test", [LOCKS / "test.txt"])
    if kind == "test" or complete.matches():
        return complete
    return Stamp(VENV / ".installed-demo", [LOCKS / "demo.txt"])


def _install_python(kind: Kind) -> None:
    make_environment()
    say(f"installing Python packages ({kind})")
    install_lock(LOCKS / f"{kind}.txt")
    _python_stamp(kind).write()


def make_environment() -> None:
    if not PYTHON.exists():
        say("creating the virtual environment")
        shutil.rmtree(VENV, ignore_errors=True)
        try:
            venv.create(VENV, with_pip=True, symlinks=True)
        except subprocess.CalledProcessError as error:
            output = (error.output or b"").decode(errors="replace")
            raise UnusableError(f"cannot create the virtual environment: {explain_install(output)}") from None


def install_lock(lock: Path, into: Path = PYTHON) -> None:
    """Install the packages of the lock file and verify their hashes; by pip if uv is not available."""
    uv = VENV / "bin" / "uv"
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if not uv.exists():
        bootstrap = [*pip, "install", "--require-hashes", "-r", str(LOCKS / "bootstrap.txt")]
        subprocess.run(bootstrap, capture_output=True, check=False)
    if uv.exists():
        by_uv = [str(uv), "pip", "install", "--quiet", "--python", str(into), "--require-hashes", "-r", str(lock)]
        if subprocess.run(by_uv, capture_output=True, check=False).returncode == 0:
            return
    run_installer([*pip, "--python", str(into), "install", "--require-hashes", "-r", str(lock)], "Python packages")


def install_node() -> None:
    make_environment()
    say("installing Node.js for the front-end files")
    install_lock(LOCKS / "node.txt")


def run_installer(arguments: list[str], what: str) -> None:
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnusableError(f"cannot install the {what}: {explain_install(done.stdout + done.stderr)}")
