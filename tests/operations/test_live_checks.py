"""Live checks: a plan whose check may still refuse it does not start."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.aws.calls import Aws
from ecsdash.inventory.models import Account
from ecsdash.operations import jobs
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.operations.drafts import CHECKS_OVERDUE_AFTER
from ecsdash.operations.hooks import LIVE_CHECKS
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Check, Level, LiveCheck, Plan, Step
from tests.inventory.test_retention import row
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.test_quick_actions import SCALE, SERVICE
from tests.services.test_service_pages import make_service

MAKE = Step("make", "Make", "ecs.create_cluster", {"clusterName": "thing"})
FREE = LiveCheck("name_free", "The name thing is free", {"name": "thing"})


def name_free(aws: Aws, name: str) -> Check:
    taken = aws.call("test.list_names").data.get("names", [])
    if name in taken:
        return Check(Level.BLOCK, f"The name {name} is taken", fix="Choose another name.")
    return Check(Level.OK, f"The name {name} is free")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIVE_CHECKS, "name_free", name_free)


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def confirmed(page: Client, draft: Draft) -> str:
    """Press Confirm. Return the text of the page that follows."""
    return page.post(f"/plans/{draft.pk}/confirm/", follow=True).content.decode()


def button(page: Client, draft: Draft) -> str:
    text = page.get(f"/plans/{draft.pk}/").content.decode()
    return text.partition('id="confirm-button"')[2].partition(">")[0]


def test_until_a_check_that_may_block_has_ended_nothing_starts(
    page: Client, account: Account, operator: User, aws: ScriptedAws
) -> None:
    draft = draft_of(account, operator, MAKE, live_checks=(FREE,))
    why = "Wait until this check has ended: The name thing is free."

    assert f'disabled title="{why}"' in button(page, draft)
    assert page.get(f"/plans/{draft.pk}/").content.decode().count(why) == 2
    assert why in confirmed(page, draft)
    assert not Operation.objects.exists()

    jobs.check_draft(str(draft.pk))
    assert "disabled" not in button(page, draft)
    confirmed(page, draft)
    assert Operation.objects.get().pk == draft.pk


def test_a_check_that_blocks_refuses_with_its_reason(
    page: Client, account: Account, operator: User, aws: ScriptedAws
) -> None:
    aws.replies["test.list_names"] = [{"names": ["thing"]}]
    draft = draft_of(account, operator, MAKE, live_checks=(FREE,))
    jobs.check_draft(str(draft.pk))
    assert "The name thing is taken. Choose another name." in button(page, draft)
    assert "The name thing is taken. Choose another name." in confirmed(page, draft)
    assert not Operation.objects.exists()


def test_a_check_that_cannot_block_holds_nothing_up(
    page: Client, account: Account, operator: User, aws: ScriptedAws
) -> None:
    draft = draft_of(account, operator, MAKE, live_checks=(replace(FREE, may_block=False),))
    assert "disabled" not in button(page, draft)
    confirmed(page, draft)
    assert Operation.objects.exists()
    jobs.check_draft(str(draft.pk))  # its draft is gone


def test_a_check_without_a_result_can_be_asked_for_again(
    page: Client, account: Account, operator: User, aws: ScriptedAws
) -> None:
    draft, address = draft_of(account, operator, MAKE, live_checks=(FREE,)), "/plans/{}/"
    again = f'action="/plans/{draft.pk}/checks/"'
    assert again not in page.get(address.format(draft.pk)).content.decode()

    Draft.objects.update(checks_sent_at=timezone.now() - CHECKS_OVERDUE_AFTER - timedelta(seconds=1))
    shown = page.get(address.format(draft.pk)).content.decode()
    assert "No result yet. The worker may be busy or not running." in shown
    assert again in shown

    assert page.post(f"/plans/{draft.pk}/checks/").status_code == 302
    assert again not in page.get(address.format(draft.pk)).content.decode()


def test_a_check_that_has_a_result_is_not_run_again(account: Account, operator: User, aws: ScriptedAws) -> None:
    draft = draft_of(account, operator, MAKE, live_checks=(FREE,))
    for _ in range(2):
        jobs.check_draft(str(draft.pk))
    assert len(aws.named("test.list_names")) == 1


def test_a_plan_with_a_live_check_never_starts_at_once(
    page: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    row(Cluster, account, "shop", status="ACTIVE")
    make_service(account, description=SERVICE)
    action = ACTIONS["scale_service"]
    plan = action.plan

    def with_a_live_check(context: ActionContext, data: Mapping[str, Any]) -> Plan:
        return replace(plan(context, data), live_checks=(replace(FREE, may_block=False),))

    assert page.post(SCALE, {"desired_count": "4", "at_once": "1"})["Location"].startswith("/operations/")
    Operation.objects.update(state="succeeded")
    monkeypatch.setattr(action, "plan", with_a_live_check)
    assert page.post(SCALE, {"desired_count": "4", "at_once": "1"})["Location"].startswith("/plans/")
