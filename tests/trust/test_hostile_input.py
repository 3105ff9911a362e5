"""No query parameter, cookie, header, address or posted form makes the product answer with an error of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from support import product
from support.environment import clean

from tests import environment
from tests.trust import hostile
from tests.trust.hostile_stage import READ, WRITTEN, HostileStage

pytestmark = pytest.mark.django_db
COOKIES = ["services:services", "operations:list", "account_login"]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[HostileStage]:
    with django_db_blocker.unblock(), HostileStage.prepared() as stage:
        yield stage


@pytest.mark.parametrize("name", READ)
def test_no_parameter_and_no_address_breaks_a_page(stage: HostileStage, name: str) -> None:
    page, number = stage.page(name), READ.index(name)
    assert stage.faults(name, hostile.of_parameters(page, number)) == []
    assert stage.faults(name, hostile.of_addresses(page, number)) == []


@pytest.mark.parametrize("name", COOKIES)
def test_no_cookie_and_no_header_breaks_a_page(stage: HostileStage, name: str) -> None:
    page, number = stage.page(name), COOKIES.index(name)
    assert stage.faults(name, hostile.of_cookies(page, number)) == []
    assert stage.faults(name, hostile.of_headers(page, number)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_no_posted_form_breaks_a_page(stage: HostileStage, name: str) -> None:
    assert stage.faults(name, hostile.of_forms(stage.page(name), WRITTEN.index(name))) == []


def test_no_parameter_and_no_address_breaks_a_list_on_sqlite(tmp_path: Path) -> None:
    settings = {
        "SECRET_KEY": "only-for-tests-" * 4,
        "HTTPS": "false",
        "LOG_LEVEL": "CRITICAL",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hostile.sqlite3'}",
        "REDIS_URL": environment.REDIS_URL,
    }
    command = [sys.executable, "-m", "tests.trust.hostile_stage"]
    done = subprocess.run(command, env=clean(settings), cwd=product.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
