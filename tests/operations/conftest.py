"""A scripted AWS: it returns the replies of the test and records every call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ecsdash.access.models import User
from ecsdash.access.references import ENTRIES
from ecsdash.aws.calls import Answer
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Draft
from ecsdash.operations.plan import Plan, Step
from tests.users import make_account

Reply = dict[str, Any] | Exception


@dataclass
class ScriptedAws:
    """`replies[call]` are returned in order, the last one repeatedly. An exception is raised."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before_call: Callable[[str], None] = lambda name: None

    def call(self, name: str, /, **params: Any) -> Answer:
        self.before_call(name)
        self.calls.append((name, params))
        script = self.replies.get(name, [{}])
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, Exception):
            raise reply
        return Answer(reply, f"request-{len(self.calls)}")

    def named(self, name: str) -> list[dict[str, Any]]:
        return [params for called, params in self.calls if called == name]


@pytest.fixture(autouse=True)
def _invented_calls_name_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of these tests do not exist in AWS, so they name nothing."""
    for call in ("make", "more", "name", "one", "two", "delete"):
        monkeypatch.setitem(ENTRIES, f"test.{call}", lambda params: ())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> ScriptedAws:
    scripted = ScriptedAws()
    monkeypatch.setattr(Account, "writer", lambda self, region, user: scripted)
    return scripted


@pytest.fixture
def account(db: None) -> Account:
    return make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])


def draft_of(account: Account, user: User, *steps: Step, key: str = "arn:thing", **plan: Any) -> Draft:
    """Return the draft of a plan with these steps, as a form creates it."""
    new_plan = Plan(summary="Change a thing", resource_key=key, resource_name="thing", steps=steps, **plan)
    return Draft.objects.create(
        user=user,
        action="create_cluster",
        account=account,
        region="eu-central-1",
        cluster="shop",
        resource_type="cluster",
        resource_key=key,
        resource_name="thing",
        url_kwargs={"account": "demo", "region": "eu-central-1"},
        plan_data=new_plan.to_json(),
    )
