"""Every page of the URLconf in the browser, with the estate behind it: quiet, accessible, within its width."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.addresses import IN_EVERY_ESTATE, paths
from tests.browser.conftest import LiveApp
from tests.browser.console import PATIENCE, PLACE, confirm, review
from tests.processes import until

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
CLUSTER = "pages"
SERIOUS = {"serious", "critical"}
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
    found = {path: wrong for path in paths(world) if (wrong := looked_at(page, path))}
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


def looked_at(page: Page, path: str) -> list[str]:
    """What is wrong with a page: in the light theme, in the dark one, on a narrow screen."""
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(path)
    wrong = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
    wrong += [*broken_rules(page, "light"), *too_wide(page)]
    page.emulate_media(color_scheme="dark")
    wrong += broken_rules(page, "dark", "color-contrast")
    page.set_viewport_size(NARROW)
    return wrong + too_wide(page)


def broken_rules(page: Page, theme: str, *rules: str) -> list[str]:
    """What axe finds serious, by all of its rules or by those named."""
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    options = {"preload": False, "resultTypes": ["violations"], **only}
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    broken = page.evaluate("(options) => axe.run(options).then((answer) => answer.violations)", options)
    return [
        f"{theme}: {rule['id']}: {node['html'][:200]}"
        for rule in broken
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    available = page.evaluate("window.innerWidth")
    return [f"{width} px wide at {available}"] if width > available else []
