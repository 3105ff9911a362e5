"""Every page of the URLconf in the browser, with resources: no console errors, accessible, not too wide."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, review
from tests.browser.page_audit import PageAudit
from tests.browser.page_urls import IN_EVERY_SCENARIO, paths
from tests.processes import until

CLUSTER = "pages"
INVENTORY_QUERY = """
import json
from django.utils import timezone
from clusters.models import AutoScalingGroup, CapacityProvider, ContainerInstance
from ecsdash.access.models import Grant, GroupMapping, OwnershipRule, Team, User
from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.models import Account
from services.models import LoadBalancer, Namespace, ServiceDeployment, Task, TaskDefinition
def first(rows, field="name"):
    return rows.order_by("pk").values_list(field, flat=True).first()
web = {"cluster_name": "shop", "service_name": "web", "gone_at": None}
account = Account.objects.get(alias="demo")
values = {
    "account": account, "region": "eu-central-1", "name": "0f0f", "call": "ecs.update_service", "person": "anna",
    "state": "open", "source": "CloudTrail", "happened_at": timezone.now(), "observed_at": timezone.now(),
    "description": {"eventName": "UpdateService"}, "cluster_name": "shop", "service_name": "web", "audit_seq": 1,
    "summary": "UpdateService web: desired count 2 -> 5", "former": {"desiredCount": 2},
    "changes": [{"path": "desiredCount", "before": 2, "after": 5}],
}
ExternalChange.objects.get_or_create(arn="arn:aws:cloudtrail:eu-central-1:123456789012:event/0f0f", defaults=values)
User.objects.filter(username="demo").update(may_break_glass=True)
print(json.dumps({
    "instance": first(ContainerInstance.objects.filter(cluster_name="batch", gone_at=None)),
    "capacity_provider": first(CapacityProvider.objects.exclude(auto_scaling_group_arn="")),
    "group": first(AutoScalingGroup.objects.all()),
    "namespace": first(Namespace.objects.filter(gone_at=None), "namespace_id"),
    "load_balancer": first(LoadBalancer.objects.filter(gone_at=None)),
    "task": first(Task.objects.filter(**web, last_status="RUNNING")),
    "deployment": first(ServiceDeployment.objects.filter(**web)),
    "revisions": TaskDefinition.objects.filter(family="checkout").count() > 1 or None,
    "grant": first(Grant.objects.all(), "pk"),
    "rule": OwnershipRule.objects.get_or_create(kind="role", pattern="shop-*")[0].pk,
    "mapping": GroupMapping.objects.get_or_create(group="shop-people", team=Team.objects.first())[0].pk,
    "pk": first(User.objects.filter(username="dora"), "pk"),
    "seq": first(AuditEvent.objects.all(), "seq"),
}))
"""


def test_every_page_is_free_of_errors_accessible_and_not_too_wide(page: Page, live_app: LiveApp) -> None:
    """Errors on the console fail the test as well, by the fixture `browser_errors`."""
    draft, operation = create_plan(page), create_operation(page)
    live_app.sandbox.client("servicediscovery").create_http_namespace(Name="shop")
    page.goto(f"{SCOPE_PATH}/namespaces/")  # what is viewed is refreshed
    values = {**inventory_keys(live_app), "draft": draft, "operation": operation}
    audit = PageAudit(page, frozenset({"serious", "critical"}))
    found = {path: wrong for path in paths(values) if (wrong := audit.problems(path))}
    assert not found, json.dumps(found, indent=1)


def create_plan(page: Page) -> str:
    page.goto(f"{SCOPE_PATH}/clusters/new/")
    page.get_by_label("Name", exact=True).fill(CLUSTER)
    review(page)
    return page.url.rstrip("/").rpartition("/")[2]


def create_operation(page: Page) -> str:
    key = create_plan(page)
    confirm(page)
    expect(page.locator("#summary .status").first).to_have_text("Succeeded", timeout=TIMEOUT_MS)
    return key


def inventory_keys(app: LiveApp) -> dict[str, Any]:
    values: dict[str, Any] = {}

    def complete() -> bool:
        values.update(json.loads(app.shell(INVENTORY_QUERY)))
        return None not in values.values()

    until(complete, TIMEOUT_MS / 1000, every=1)
    return {
        **IN_EVERY_SCENARIO,
        **values,
        "change": "0f0f",
        "name": "storefront",
        "username": "dan",
    }
