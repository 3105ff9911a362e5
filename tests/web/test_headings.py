"""Every tab of a resource has the same heading: its name, its kind and where it is, its status; the tab is marked."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ecsdash.inventory.models import Account
from services.models import Service
from tests.access.test_url_matrix import ROUTES
from tests.access.world import build
from tests.users import Users

SERVICE = ("web-front", "Service in shop", "Steady")
CLUSTER = ("shop", "Cluster in demo / eu-central-1", "Active")
ACCOUNT = ("Demo", "AWS account 123456789012", "Enabled")
REVISION = ("web-front:1", "Task definition", "Active")
FAMILY = ("web-front", "Task definition family", "")
#: Address -> heading, the tab in the browser's title ("" on the first), the tab that is marked.
PAGES: dict[str, tuple[tuple[str, str, str], str, str]] = {
    "clusters:detail": (CLUSTER, "", "Overview"),
    "services:cluster_services": (CLUSTER, "Services", "Services"),
    "services:cluster_tasks": (CLUSTER, "Tasks", "Tasks"),
    "clusters:instances": (CLUSTER, "Instances", "Instances"),
    "clusters:capacity": (CLUSTER, "Capacity", "Capacity"),
    "services:cluster_metrics": (CLUSTER, "Metrics", "Metrics"),
    "services:instance_metrics": (("i-0abc", "Container instance in shop", "Active"), "Metrics", "Instances"),
    "services:cluster_events": (CLUSTER, "Events", "Events"),
    "clusters:configuration": (CLUSTER, "Configuration", "Configuration"),
    "clusters:tags": (CLUSTER, "Tags", "Tags"),
    "clusters:instance": (("i-0abc", "Container instance in shop", "Active"), "", "Instances"),
    "services:service": (SERVICE, "", "Tasks"),
    "services:service_events": (SERVICE, "Events", "Events"),
    "services:service_deployments": (SERVICE, "Deployments", "Deployments"),
    "services:service_logs": (SERVICE, "Logs", "Logs"),
    "services:service_metrics": (SERVICE, "Metrics", "Metrics"),
    "services:service_networking": (SERVICE, "Networking", "Networking"),
    "services:service_configuration": (SERVICE, "Configuration", "Configuration"),
    "services:deployment": (
        ("deployment-of-web-front", "Deployment of service web-front", "Successful"), "", "Deployments",
    ),
    "services:task": (("task-of-web-", "Task of service web-front", "Running"), "", ""),
    "services:task_logs": (("task-of-web-", "Task of service web-front", "Running"), "Logs", ""),
    "services:task_definition": (REVISION, "", ""),
    "services:task_definition_family": (FAMILY, "", ""),
    "services:task_definition_diff": (FAMILY, "1 → 2", ""),
    "inventory:account": (ACCOUNT, "", "Settings"),
    "inventory:account_connection": (ACCOUNT, "Connection", "Connection"),
    "inventory:account_policies": (ACCOUNT, "Policies", "Policies"),
    "inventory:remove_account": (ACCOUNT, "Remove account", "Settings"),
    "inventory:event_feed": (("demo / eu-central-1", "Event feed", "Not read yet"), "", ""),
}  # fmt: skip


@pytest.fixture
def world(users: Users, client: Client, settings: Settings) -> dict[str, Any]:
    settings.DEMO = True
    client.force_login(users.admin)
    return {**build(users), "alias": "demo", "before": 1, "after": 2}


def address(name: str, world: dict[str, Any]) -> str:
    return reverse(name, kwargs={keyword: world[keyword] for keyword in ROUTES[name]})


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", match[1])).strip()) if match else ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_tab_is_headed_by_its_resource(client: Client, world: dict[str, Any], name: str) -> None:
    (resource, kind, status), view, tab = PAGES[name]

    page = client.get(address(name, world)).content.decode()

    assert found(r"<h1>(.*?)</h1>", page) == resource
    assert found(r'<p class="kind">(.*?)</p>', page) == kind
    assert found(r'<span id="heading-status">(.*?)</span>\s*</div>', page) == status
    assert found(r"<title>(.*?)</title>", page) == f"{f'{view} · ' if view else ''}{resource} · ecsdash"
    tabs = page.partition('class="tabs"')[2].partition("</nav>")[0]
    assert re.sub(r" \d+$", "", found(r'aria-current="page">(.*?)</a>', tabs)) == tab


@pytest.mark.django_db
def test_the_crumbs_lead_to_what_is_above_the_resource(client: Client, world: dict[str, Any]) -> None:
    for name in ("services:service", "services:service_events"):
        page = client.get(address(name, world)).content.decode()
        crumbs = page.partition('aria-label="Breadcrumbs"')[2].partition("</nav>")[0]
        assert re.findall(r">([^<>]+)</a>", crumbs) == ["Clusters", "shop"]


@pytest.mark.django_db
def test_a_fragment_brings_the_status_in_the_heading_up_to_date(client: Client, world: dict[str, Any]) -> None:
    Service.objects.filter(name="web-front").update(health="Tasks failing")

    body = client.get(address("services:service_events", world) + "?fragment=events").content.decode()

    assert "<h1>" not in body
    assert found(r'<span id="heading-status" hx-swap-oob="true">(.*?)</span></span>', body) == "Tasks failing"


@pytest.mark.django_db
def test_a_paused_account_says_so_in_its_heading(client: Client, world: dict[str, Any]) -> None:
    Account.objects.filter(alias="demo").update(enabled=False)

    assert ">Paused<" in client.get(address("inventory:account", world)).content.decode()
