"""No query parameter, cookie, header, path or form causes a server error."""

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
from tests.trust import hostile_requests
from tests.trust.hostile_runner import FORMS, PAGES, HostileRunner

pytestmark = pytest.mark.django_db
COOKIES = ["services:services", "operations:list", "account_login"]


@pytest.fixture(scope="module")
def runner(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[HostileRunner]:
    with django_db_blocker.unblock(), HostileRunner.prepared() as runner:
        yield runner


@pytest.mark.parametrize("name", PAGES)
def test_no_parameter_and_no_path_breaks_a_page(runner: HostileRunner, name: str) -> None:
    page, number = runner.page(name), PAGES.index(name)
    assert runner.faults(name, hostile_requests.in_parameters(page, number)) == []
    assert runner.faults(name, hostile_requests.in_addresses(page, number)) == []


@pytest.mark.parametrize("name", COOKIES)
def test_no_cookie_and_no_header_breaks_a_page(runner: HostileRunner, name: str) -> None:
    page, number = runner.page(name), COOKIES.index(name)
    assert runner.faults(name, hostile_requests.in_cookies(page, number)) == []
    assert runner.faults(name, hostile_requests.in_headers(page, number)) == []


@pytest.mark.parametrize("name", FORMS)
def test_no_posted_form_breaks_a_page(runner: HostileRunner, name: str) -> None:
    assert runner.faults(name, hostile_requests.in_forms(runner.page(name), FORMS.index(name))) == []


def test_no_parameter_and_no_path_breaks_a_list_on_sqlite(tmp_path: Path) -> None:
    settings = {
        "SECRET_KEY": "only-for-tests-" * 4,
        "HTTPS": "false",
        "DEMO": "true",
        "LOG_LEVEL": "CRITICAL",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hostile.sqlite3'}",
        "REDIS_URL": environment.REDIS_URL,
    }
    command = [sys.executable, "-m", "tests.trust.hostile_runner"]
    env = {**clean(settings), "DJANGO_SETTINGS_MODULE": "tests.trust.hostile_settings"}
    done = subprocess.run(command, env=env, cwd=product.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
