"""Databases of this test run. The product's migrations run once; every other database is a copy of the result."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from tests import environment
from tests.processes import manage

_TEMPLATE = "migrated"


def migrated() -> str:
    """Return the name of the migrated template database, which the first call creates. There must be no connections to
    it."""
    with (environment.DIRECTORY / "migrated.lock").open("w") as lock, server() as postgres:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not postgres.execute("SELECT FROM pg_database WHERE datname = %s", [_TEMPLATE]).rowcount:
            postgres.execute("CREATE DATABASE migrating")
            manage(_settings("migrating"), "migrate", "--verbosity", "0")
            postgres.execute(f"ALTER DATABASE migrating RENAME TO {_TEMPLATE}")
    return _TEMPLATE


def copy(name: str) -> None:
    """Create a database with all tables, empty."""
    template = migrated()
    with server() as postgres:
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


@contextmanager
def migrated_to(*before: tuple[str, str]) -> Iterator[StateApps]:
    """Unapply all migrations after these in the database of this test, and yield its models; then apply them again."""
    executor = MigrationExecutor(connection)
    newest = [node for node in executor.loader.graph.leaf_nodes() if node in executor.loader.applied_migrations]
    try:
        yield executor.migrate(list(before)).apps
    finally:
        MigrationExecutor(connection).migrate(newest)


def address(name: str) -> str:
    return f"postgres:///{environment.DIRECTORY / 'postgres'}/{name}"


def server() -> psycopg.Connection:
    return psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True)


def _settings(database: str) -> dict[str, str]:
    return {"SECRET_KEY": "only-for-tests-" * 4, "DATABASE_URL": address(database), "REDIS_URL": environment.REDIS_URL}
