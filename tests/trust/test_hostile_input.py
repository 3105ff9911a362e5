"""No query parameter, cookie, header, address or posted form makes the product answer with an error of its own."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.trust import hostile
from tests.trust.hostile import Ask, Page
from tests.trust.hostile_stage import ROUTES_READ, ROUTES_WRITTEN, HostileStage

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[HostileStage]:
    with django_db_blocker.unblock(), HostileStage.prepared() as stage, transaction.atomic():
        yield stage
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ROUTES_READ)
def test_no_parameter_breaks_a_page(stage: HostileStage, name: str) -> None:
    assert stage.faults(hostile.of_parameters(stage.page(name))) == []


@pytest.mark.parametrize("name", ROUTES_READ)
def test_no_address_breaks_a_page(stage: HostileStage, name: str) -> None:
    assert stage.faults(hostile.of_addresses(stage.page(name).path, stage.words(name))) == []


@pytest.mark.parametrize("kind", [hostile.of_cookies, hostile.of_headers])
@pytest.mark.parametrize("name", ["services:services", "services:overview", "account_login", "operations:list"])
def test_no_cookie_and_no_header_breaks_a_page(
    stage: HostileStage, name: str, kind: Callable[[Page], Iterator[Ask]]
) -> None:
    assert stage.faults(kind(stage.page(name))) == []


@pytest.mark.parametrize("name", ROUTES_WRITTEN)
def test_no_posted_form_breaks_a_page(stage: HostileStage, name: str) -> None:
    assert stage.faults(hostile.of_forms(stage.page(name))) == []
