"""What AWS tells is shown as words, whatever it says: no script runs, no element comes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clusters.models import ContainerInstance
from ecsdash.access.models import User
from ecsdash.audit.record import record
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Draft, Operation, OperationStep
from ecsdash.operations.plan import Change, Check, Level, Output, Plan, Step
from services.models import ServiceDeployment, Task
from tests.browser.addresses import IN_EVERY_ESTATE, paths
from tests.browser.conftest import LiveApp
from tests.browser.hostile import WORDS, soil_inventory
from tests.processes import KEYS, REGION

pytestmark = pytest.mark.django_db(transaction=True)
SECTIONS = ("services", "clusters", "actions", "operations", "audit", "inventory")
#: Pages on which the words must stand: if they do not, nothing was tested.
MUST_SHOW = ("/services/shop/web/", "/services/shop/web/events/", "/clusters/shop/tags/", "/clusters/new/")


@pytest.fixture
def account(live_app: LiveApp, settings: Settings) -> Iterator[Account]:
    """The estate of the running product, read once into this test's own database; nothing sweeps there."""
    settings.AWS_ENDPOINT_URL = live_app.sandbox.url
    for name, value in KEYS.items():
        setattr(settings, name, value)
    forget()
    account = Account.objects.create(alias="demo", name="Demo", account_id="123456789012", regions=[REGION])
    sweep_now(Scope(account, REGION))
    sweep_now(Scope(account, REGION), "service_deployments")  # it asks about the services that are known
    yield account
    forget()


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def world(account: Account, admin: User) -> dict[str, Any]:
    soil_inventory()
    web = {"cluster_name": "shop", "service_name": "web", "gone_at": None}
    changes = [{"path": word, "before": word, "after": word} for word in WORDS]
    event = record(
        actor=admin, action="deploy", account="demo", region=REGION, changes=changes, reason=WORDS[0],
        resource_name=WORDS[1],
    )  # fmt: skip
    return {
        **IN_EVERY_ESTATE,
        "instance": ContainerInstance.objects.filter(cluster_name="batch", gone_at=None)[0].name,
        "task": Task.objects.filter(**web)[0].name,
        "deployment": ServiceDeployment.objects.filter(**web)[0].name,
        "operation": an_operation(account, admin),
        "draft": planned(Draft, account, admin, url_kwargs={"account": "demo", "region": REGION}).pk,
        "seq": event.seq,
    }


def planned(model: Any, account: Account, user: User, **columns: Any) -> Any:
    plan = Plan(
        summary=WORDS[0],
        resource_key="arn:x",
        resource_name=WORDS[1][:250],
        steps=(Step("tag", WORDS[2][:200], call="ecs.tag_resource", params={word: word for word in WORDS}),),
        changes=tuple(Change(word, word, word) for word in WORDS),
        checks=tuple(Check(Level.WARN, word, word, word) for word in WORDS),
        outputs=tuple(Output(word, word) for word in WORDS),
        risks=tuple(WORDS),
    )
    return model.objects.create(
        user=user, action="create_cluster", account=account, region=REGION, cluster="shop", resource_key="arn:x",
        resource_name=plan.resource_name, plan_data=plan.to_json(), **columns,
    )  # fmt: skip


def an_operation(account: Account, user: User) -> Any:
    said = {"message": " ".join(WORDS), "step": WORDS[3], "code": WORDS[4]}
    outputs = [{"label": word, "value": word, "link": False} for word in WORDS]
    operation = planned(Operation, account, user, state="failed", error=said, reason=WORDS[5], outputs=outputs)
    OperationStep.objects.create(
        operation=operation, position=0, key="tag", title=WORDS[2][:200], state="failed", message=" ".join(WORDS)
    )
    return operation.pk


@pytest.fixture
def reader(chromium: Browser, live_server: LiveServer, admin: User, complaints: list[str]) -> Iterator[Page]:
    """The administrator, signed in to this test's own database."""
    client = Client()
    client.force_login(admin)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield page
    context.close()


def test_hostile_words_stay_words_on_every_page(reader: Page, world: dict[str, Any], complaints: list[str]) -> None:
    found: dict[str, list[str]] = {}
    shown = []
    for path in paths(world, *SECTIONS):
        wrong = looked_at(reader, path)
        wrong += complaints
        complaints.clear()
        shown += [path] if "hostile-" in reader.content() else []
        if wrong:
            found[path] = wrong
    assert not found, found
    assert [end for end in MUST_SHOW if not any(path.endswith(end) for path in shown)] == []


def looked_at(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    made = page.locator("[data-hostile], [onmouseover], [href^='javascript:']")
    wrong += [f"made of words: {html}" for html in made.evaluate_all("all => all.map(each => each.outerHTML)")]
    if page.evaluate("'hostile' in window"):
        wrong.append("a script ran")
    return wrong
