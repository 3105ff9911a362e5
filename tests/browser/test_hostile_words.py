"""Texts from AWS are shown as text whatever they contain: no script runs, no element is created."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clusters.models import AutoScalingGroup, CapacityProvider, ContainerInstance
from ecsdash.access.models import User
from ecsdash.audit.record import record
from ecsdash.aws.session import forget
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Draft, Operation, OperationStep
from ecsdash.operations.plan import Change, Check, Level, Output, Plan, Step
from services.models import LoadBalancer, Namespace, ServiceDeployment, Task
from tests.browser.conftest import LiveApp
from tests.browser.hostile_inventory import HOSTILE_TEXTS, fill_with_hostile_texts
from tests.browser.page_urls import IN_EVERY_SCENARIO, paths
from tests.processes import KEYS, REGION
from tests.users import make_account

pytestmark = pytest.mark.django_db(transaction=True)
SECTIONS = ("services", "clusters", "actions", "operations", "audit", "inventory")
#: Pages that must show hostile texts; otherwise nothing was tested.
MUST_SHOW = ("/services/shop/web/", "/services/shop/web/events/", "/clusters/shop/tags/", "/clusters/new/")


@pytest.fixture
def account(live_app: LiveApp, settings: Settings) -> Iterator[Account]:
    """The simulated AWS of the running product, swept once into this test's own database."""
    settings.AWS_ENDPOINT_URL = live_app.sandbox.url
    for name, value in KEYS.items():
        setattr(settings, name, value)
    forget()
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    sweep_now(Scope(account, REGION))
    sweep_now(Scope(account, REGION), "service_deployments")  # needs the services
    yield account
    forget()


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def route_values(account: Account, admin: User) -> dict[str, Any]:
    ExternalChange.objects.create(
        account=account, region=REGION, arn="arn:event", name="0f0f", call="ecs.update_service", person="anna",
        state="open", source="CloudTrail", happened_at=timezone.now(), observed_at=timezone.now(), cluster_name="shop",
        service_name="web", audit_seq=1, former={"desiredCount": 2}, resource_type="service",
        changes=[{"path": word, "before": word, "after": word} for word in HOSTILE_TEXTS],
        description={"eventName": HOSTILE_TEXTS[0], "invokedBy": HOSTILE_TEXTS[1]},
    )  # fmt: skip
    fill_with_hostile_texts()
    web = {"cluster_name": "shop", "service_name": "web", "gone_at": None}
    changes = [{"path": word, "before": word, "after": word} for word in HOSTILE_TEXTS]
    event = record(
        actor=admin, action="deploy", account="demo", region=REGION, changes=changes, reason=HOSTILE_TEXTS[0],
        resource_name=HOSTILE_TEXTS[1],
    )  # fmt: skip
    return {
        **IN_EVERY_SCENARIO,
        "capacity_provider": CapacityProvider.objects.exclude(auto_scaling_group_arn="")[0].name,
        "group": AutoScalingGroup.objects.all()[0].name,
        "namespace": Namespace.objects.create(
            account=account,
            region=REGION,
            arn="arn:namespace",
            name="shop",
            namespace_id="ns-shop",
            kind="HTTP",
            observed_at=timezone.now(),
        ).namespace_id,
        "load_balancer": LoadBalancer.objects.filter(gone_at=None)[0].name,
        "instance": ContainerInstance.objects.filter(cluster_name="batch", gone_at=None)[0].name,
        "task": Task.objects.filter(**web)[0].name,
        "deployment": ServiceDeployment.objects.filter(**web)[0].name,
        "operation": an_operation(account, admin),
        "draft": planned(Draft, account, admin, url_kwargs={"account": "demo", "region": REGION}).pk,
        "seq": event.seq,
        "change": "0f0f",
    }


def planned(model: Any, account: Account, user: User, **columns: Any) -> Any:
    plan = Plan(
        summary=HOSTILE_TEXTS[0],
        resource_key="arn:x",
        resource_name=HOSTILE_TEXTS[1][:250],
        steps=(
            Step(
                "tag",
                HOSTILE_TEXTS[2][:200],
                call="ecs.tag_resource",
                params={"resourceArn": HOSTILE_TEXTS[0], **{word: word for word in HOSTILE_TEXTS}},
            ),
        ),
        changes=tuple(Change(word, word, word) for word in HOSTILE_TEXTS),
        checks=tuple(Check(Level.WARN, word, word, word) for word in HOSTILE_TEXTS),
        outputs=tuple(Output(word, word) for word in HOSTILE_TEXTS),
        risks=tuple(HOSTILE_TEXTS),
    )
    return model.objects.create(
        user=user, action="create_cluster", account=account, region=REGION, cluster="shop", resource_key="arn:x",
        resource_name=plan.resource_name, plan_data=plan.to_json(), **columns,
    )  # fmt: skip


def an_operation(account: Account, user: User) -> Any:
    error = {"message": " ".join(HOSTILE_TEXTS), "step": HOSTILE_TEXTS[3], "code": HOSTILE_TEXTS[4]}
    outputs = [{"label": word, "value": word, "link": False} for word in HOSTILE_TEXTS]
    operation = planned(Operation, account, user, state="failed", error=error, reason=HOSTILE_TEXTS[5], outputs=outputs)
    OperationStep.objects.create(
        operation=operation,
        position=0,
        key="tag",
        title=HOSTILE_TEXTS[2][:200],
        state="failed",
        message=" ".join(HOSTILE_TEXTS),
    )
    return operation.pk


@pytest.fixture
def reader(chromium: Browser, live_server: LiveServer, admin: User, browser_errors: list[str]) -> Iterator[Page]:
    """A page of the administrator, on this test's own database."""
    client = Client()
    client.force_login(admin)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda message: browser_errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: browser_errors.append(str(error)))
    page.on("dialog", lambda dialog: browser_errors.append(dialog.message))
    yield page
    context.close()


def test_hostile_texts_stay_text_on_every_page(
    reader: Page, route_values: dict[str, Any], browser_errors: list[str]
) -> None:
    found: dict[str, list[str]] = {}
    shown = []
    for path in paths(route_values, *SECTIONS):
        wrong = problems(reader, path)
        wrong += browser_errors
        browser_errors.clear()
        shown += [path] if "hostile-" in reader.content() else []
        if wrong:
            found[path] = wrong
    assert not found, found
    assert [end for end in MUST_SHOW if not any(path.endswith(end) for path in shown)] == []


def problems(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    created = page.locator("[data-hostile], [onmouseover], [href^='javascript:']")
    wrong += [f"created from text: {html}" for html in created.evaluate_all("all => all.map(each => each.outerHTML)")]
    if page.evaluate("'hostile' in window"):
        wrong.append("a script ran")
    return wrong
