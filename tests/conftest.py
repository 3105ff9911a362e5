"""The servers of a test run, and the fixtures that every test may use."""

import gc
import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings
from support.processes import Family
from support.servers import Postgres, start_valkey, wait_for_port

from ecsdash.aws import session
from ecsdash.inventory.models import Account
from ecsdash.outages import REDIS
from tests import environment
from tests.databases import migrated
from tests.forked_processes import start_fork_server
from tests.processes import KEYS, REGION, Sandbox, Worker, product_settings
from tests.users import make_account

pytest_plugins = ["tests.users", "tests.xdist_groups"]
SERVERS: pytest.StashKey[Family] = pytest.StashKey()
COLLECTED_AFTER = 50_000  # new objects; Python's own limit costs a tenth of the processor time


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL and one Valkey for the run, shared by all processes of a parallel run."""
    if environment.XDIST:
        gc.disable()  # until the tests are collected: what is imported stays
    if environment.XDIST or config.option.collectonly:
        return
    environment.DIRECTORY.mkdir(mode=0o755)
    family = config.stash[SERVERS] = Family(environment.DIRECTORY / "logs")
    start_fork_server(family)
    postgres = Postgres(environment.DIRECTORY / "postgres")
    start_valkey(family, environment.DIRECTORY / "valkey", environment.VALKEY_PORT)
    postgres.start(family)
    postgres.wait(family)
    wait_for_port(family, "valkey", environment.VALKEY_PORT)


def pytest_collection_finish() -> None:
    """Exempt from garbage collection what lives until the end: the imported modules and the collected tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if family := config.stash.get(SERVERS, None):
        family.close()
        shutil.rmtree(environment.DIRECTORY, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Create the database of this pytest process as a copy instead of by migrations."""
    connection.settings_dict["TEST"].update(TEMPLATE=migrated(), MIGRATE=False)


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    """Empty Valkey before each test, and forget that it was unavailable."""
    REDIS.answered()
    cache.clear()


@pytest.fixture(scope="session")
def family() -> Iterator[Family]:
    """The child processes of this pytest process. Those still running at the end of the run are stopped."""
    children = Family(environment.DIRECTORY / f"logs-{environment.XDIST or 'alone'}")
    yield children
    children.close()


@pytest.fixture(scope="session")
def sandbox_process(family: Family) -> Sandbox:
    return Sandbox(family)


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """An empty simulated AWS. Tests step its clock."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def aws_account(db: None, sandbox: Sandbox, settings: Settings) -> Iterator[Account]:
    """The account `demo` in the simulated AWS of this test."""
    settings.AWS_ENDPOINT_URL = sandbox.url
    for name, value in KEYS.items():
        setattr(settings, name, value)
    yield make_account("demo", name="Demo", account_id="123456789012", regions=[REGION, "us-east-1"])
    forget_roles()


def forget_roles() -> None:
    """Discard role credentials, which belong to one test. Clients without a role are reused, because creating them is
    slow."""
    if any(target.role_arn for target in session._sessions):
        session.forget()


@pytest.fixture
def worker(transactional_db: None, family: Family, sandbox: Sandbox) -> Iterator[Worker]:
    """A worker that is not started yet. Transactions are committed, because the worker must see their rows."""
    settings = product_settings(
        str(connection.settings_dict["NAME"]), environment.REDIS_URL, sandbox, OPERATION_LEASE_SECONDS="3"
    )
    worker = Worker(family, settings)
    yield worker
    worker.stop()
