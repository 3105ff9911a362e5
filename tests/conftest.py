"""The servers of a test run, and the fixtures that every test may use."""

import shutil

import pytest
from django.core.cache import cache
from support.processes import Family
from support.servers import Postgres, start_valkey, wait_for_port

from tests import environment
from tests.cast import admin, cast, deployer, operator, outsider, viewer

__all__ = ["admin", "cast", "deployer", "operator", "outsider", "viewer"]  # the cast, for every test

SERVERS: pytest.StashKey[Family] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL and one Valkey for the whole run, also when it is spread over processes."""
    if environment.XDIST or config.option.collectonly:
        return
    environment.DIRECTORY.mkdir(mode=0o755)
    family = config.stash[SERVERS] = Family(environment.DIRECTORY / "logs")
    postgres = Postgres(environment.DIRECTORY / "postgres")
    start_valkey(family, environment.DIRECTORY / "valkey", environment.VALKEY_PORT)
    postgres.start(family)
    postgres.wait(family)
    wait_for_port(family, "valkey", environment.VALKEY_PORT)


def pytest_unconfigure(config: pytest.Config) -> None:
    if family := config.stash.get(SERVERS, None):
        family.close()
        shutil.rmtree(environment.DIRECTORY, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    """No test sees what another left in Valkey."""
    cache.clear()
