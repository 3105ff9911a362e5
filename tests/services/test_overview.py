"""The overview: what to do next, every service by its health, the latest changes."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.audit.models import Outcome, Phase
from ecsdash.audit.record import record
from ecsdash.inventory.models import Account
from services.models import Service
from services.selectors import fleet
from tests.services.test_service_pages import HERE, make_service, swept, text
from tests.users import Users, make_account


@pytest.fixture
def account(db: None) -> Account:
    return make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])


@pytest.fixture
def page(client: Client, operator: User, account: Account) -> Client:
    client.force_login(operator)
    return client


def test_an_empty_account_shows_the_next_steps_to_those_who_may_take_them(
    account: Account, client: Client, users: Users
) -> None:
    swept(account)
    client.force_login(users.operator)
    shown = text(client, "/")
    assert "Next steps" in shown
    assert f'href="{HERE}clusters/new/"' in shown
    assert f'href="{HERE}services/new/"' not in shown
    client.force_login(users.viewer)
    assert f'href="{HERE}clusters/new/"' not in text(client, "/")
    client.force_login(users.operator)
    make_service(account)
    assert "Next steps" not in text(client, "/")


def test_every_service_is_a_square_by_its_cluster_with_its_health_in_words(page: Client, account: Account) -> None:
    make_service(account)
    make_service(account, "worker", health="Tasks failing", running_count=0)

    found = text(page, "/")

    assert f'href="{HERE}services/shop/worker/" title="worker: Tasks failing, 0 of 2 tasks"' in found
    assert f'<a class="fleet-name" href="{HERE}clusters/shop/services/">' in found
    assert "1 failing" in found


def test_a_large_fleet_is_a_bar_for_each_cluster_the_worst_first(
    page: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "SQUARES", 2)
    monkeypatch.setattr(fleet, "BARS", 1)
    for name in ("a", "b"):
        make_service(account, name)
    worst = make_service(account, "c", health="Cannot place tasks")
    Service.objects.filter(pk=worst.pk).update(cluster_name="batch")

    found = fleet.fleet(Service.objects.all())

    assert [(each.name, each.words) for each in found.clusters] == [("batch", "1 failing")]
    assert (found.more, found.number, found.steady, found.troubled) == (1, 3, 2, 1)
    assert 'aria-label="batch: 1 failing"' in text(page, "/")


def test_the_latest_changes_come_from_the_audit_trail_each_once(account: Account, client: Client, users: Users) -> None:
    place: dict[str, Any] = {"account": "demo", "region": "eu-central-1", "cluster": "shop"}
    detail = {"summary": "Scale web-front from 1 to 2 tasks"}
    operation = uuid4()
    for phase, outcome in ((Phase.INTENT, Outcome.NONE), (Phase.OUTCOME, Outcome.SUCCEEDED)):
        record(
            actor=users.admin, action="scale_service", service="web-front", detail=detail, phase=phase, outcome=outcome,
            operation=operation, **place,
        )  # fmt: skip
    record(actor=users.admin, action="scale_service", service="billing", detail={"summary": "Scale billing"}, **place)
    record(actor=users.admin, action="sign_in", outcome=Outcome.SUCCEEDED)
    client.force_login(users.deployer)
    shown = text(client, "/").partition("<h2>Latest changes</h2>")[2]
    assert shown.count("Scale web-front from 1 to 2 tasks") == 1
    assert "Succeeded" in shown
    assert "Scale billing" not in shown
    client.force_login(users.admin)
    shown = text(client, "/").partition("<h2>Latest changes</h2>")[2]
    assert "Scale billing" in shown
    assert "Sign in" not in shown
