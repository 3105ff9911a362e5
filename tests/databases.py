"""Databases of this run's PostgreSQL. Tables are made once, by the product's migrations; every database is a copy."""

import fcntl

import psycopg

from tests import environment
from tests.processes import manage

_TEMPLATE = "migrated"


def migrated() -> str:
    """Return the name of the template database. The first caller creates it; no connection to it stays open."""
    with (environment.DIRECTORY / "migrated.lock").open("w") as lock, _server() as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [_TEMPLATE]).rowcount:
            server.execute("CREATE DATABASE migrating")
            manage(_settings("migrating"), "migrate", "--verbosity", "0")
            server.execute(f"ALTER DATABASE migrating RENAME TO {_TEMPLATE}")
    return _TEMPLATE


def copy(name: str) -> None:
    """A database of this name, with all tables and nothing in them."""
    template = migrated()
    with _server() as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def address(name: str) -> str:
    return f"postgres:///{environment.DIRECTORY / 'postgres'}/{name}"


def _server() -> psycopg.Connection:
    return psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True)


def _settings(database: str) -> dict[str, str]:
    return {"SECRET_KEY": "only-for-tests-" * 4, "DATABASE_URL": address(database), "REDIS_URL": environment.REDIS_URL}
