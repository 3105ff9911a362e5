"""Every page of the URLconf in the browser, with the estate behind it: quiet, accessible, within its width."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.addresses import IN_EVERY_ESTATE, paths
from tests.browser.conftest import LiveApp
from tests.browser.console import PATIENCE, PLACE, confirm, review
from tests.browser.looks import Looks
from tests.processes import until

CLUSTER = "pages"
IN_THE_ESTATE = """
import json
from django.utils import timezone
from clusters.models import ContainerInstance
from ecsdash.access.models import Grant, User
from ecsdash.audit.models import AuditEvent
from services.models import ServiceDeployment, Task, TaskDefinition
def first(rows, field="name"):
    return rows.order_by("pk").values_list(field, flat=True).first()
web = {"cluster_name": "shop", "service_name": "web", "gone_at": None}
print(json.dumps({
    "instance": first(ContainerInstance.objects.filter(cluster_name="batch", gone_at=None)),
    "task": first(Task.objects.filter(**web, last_status="RUNNING")),
    "deployment": first(ServiceDeployment.objects.filter(**web)),
    "revisions": TaskDefinition.objects.filter(family="checkout").count() > 1 or None,
    "grant": first(Grant.objects.all(), "pk"),
    "pk": first(User.objects.filter(username="dora"), "pk"),
    "seq": first(AuditEvent.objects.all(), "seq"),
}))
"""


def test_every_page_is_quiet_accessible_and_within_its_width(page: Page, live_app: LiveApp) -> None:
    """Its complaints on the console fail the test at its end: `complaints`."""
    drafted, started = a_plan(page), an_operation(page)
    world = {**in_the_estate(live_app), "draft": drafted, "operation": started}
    looks = Looks(frozenset({"serious", "critical"}))
    found = {path: wrong for path in paths(world) if (wrong := looks.wrong_with(page, path))}
    assert not found, json.dumps(found, indent=1)


def a_plan(page: Page) -> str:
    page.goto(f"{PLACE}/clusters/new/")
    page.get_by_label("Name", exact=True).fill(CLUSTER)
    review(page)
    return page.url.rstrip("/").rpartition("/")[2]


def an_operation(page: Page) -> str:
    key = a_plan(page)
    confirm(page)
    expect(page.locator("#summary .status").first).to_have_text("Succeeded", timeout=PATIENCE)
    return key


def in_the_estate(app: LiveApp) -> dict[str, Any]:
    world: dict[str, Any] = {}

    def known() -> bool:
        world.update(json.loads(app.shell(IN_THE_ESTATE)))
        return None not in world.values()

    until(known, PATIENCE / 1000)
    return {**IN_EVERY_ESTATE, **world, "name": "storefront", "username": "dan"}
