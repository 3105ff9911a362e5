"""The pages of clusters, from rows of the inventory. No test here calls AWS."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from ecsdash.access.models import User
from ecsdash.inventory.models import Account, SweepState
from tests.clusters.world import Desk
from tests.users import ACCOUNT, CLUSTER, REGION, make_account

BASE = f"/{ACCOUNT}/{REGION}/clusters/"
SHOP = f"{BASE}{CLUSTER}/"
TABS = ("", "instances/", "capacity/", "metrics/", "configuration/", "tags/")
NOUNS = ("clusters", "container_instances", "capacity_providers", "auto_scaling_groups")
ARN = f"arn:aws:ecs:{REGION}:123456789012:"


@pytest.fixture
def account(db: None) -> Account:
    account = make_account(ACCOUNT, name="Demo", account_id="123456789012", regions=[REGION])
    now = timezone.now()
    SweepState.objects.bulk_create(
        SweepState(account=account, region=REGION, noun=noun, started_at=now, completed_at=now) for noun in NOUNS
    )
    return account


def row(model: Any, account: Account, kind: str, name: str, **columns: Any) -> Any:
    place = {"account": account, "region": REGION, "observed_at": timezone.now()}
    return model.objects.create(arn=f"{ARN}{kind}/{name}", name=name, **place, **columns)


@pytest.fixture
def shop(account: Account) -> Cluster:
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 3, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]
    cluster: Cluster = row(
        Cluster,
        account,
        "cluster",
        CLUSTER,
        status="ACTIVE",
        active_services_count=7,
        capacity_providers=["FARGATE", "FARGATE_SPOT", "cp-shop"],
        description={"defaultCapacityProviderStrategy": strategy},
        tags={"team": "<script>alert(1)</script>"},
    )
    return cluster


@pytest.fixture
def instance(account: Account, shop: Cluster) -> ContainerInstance:
    description = {
        "registeredResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2376"]},
        ],
        "remainingResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 256},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2376", "8080"]},
        ],
        "attributes": [{"name": "ecs.os-type", "value": "linux"}, {"name": "ecs.capability.task-eni"}],
    }
    container_instance: ContainerInstance = row(
        ContainerInstance,
        account,
        f"container-instance/{CLUSTER}",
        "i-0abc",
        cluster_name=CLUSTER,
        container_instance_id="c1",
        status="ACTIVE",
        agent_connected=True,
        capacity_provider_name="cp-shop",
        registered_cpu=2048,
        remaining_cpu=1024,
        registered_memory=4096,
        remaining_memory=256,
        description=description,
    )
    return container_instance


@pytest.fixture
def shop_here(desk: Desk) -> Cluster:
    cluster: Cluster = desk.row(Cluster, CLUSTER, status="ACTIVE")
    return cluster


def page(client: Client, user: User, path: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_shows_each_cluster_with_its_counts(client: Client, viewer: User, shop: Cluster) -> None:
    text = page(client, viewer, BASE)

    assert f'href="{SHOP}"' in text
    assert "Clusters <span" in text
    assert ">7<" in text


def test_only_users_who_may_change_clusters_see_the_buttons(
    client: Client, viewer: User, operator: User, shop: Cluster
) -> None:
    assert f'href="{BASE}new/"' not in page(client, viewer, BASE)
    assert f'href="{BASE}new/"' in page(client, operator, BASE)
    assert f'href="{SHOP}delete/"' not in page(client, viewer, SHOP)
    assert f'href="{SHOP}delete/"' in page(client, operator, SHOP)


def test_an_empty_list_offers_to_create_a_cluster(client: Client, operator: User, account: Account) -> None:
    text = page(client, operator, BASE)

    assert "No clusters yet" in text
    assert f'href="{BASE}new/"' in text


def test_a_filter_without_a_match_says_so(client: Client, viewer: User, shop: Cluster) -> None:
    assert "None of 1 matches" in page(client, viewer, f"{BASE}?q=bank")


def test_before_the_first_sweep_the_list_is_loading(client: Client, viewer: User, account: Account) -> None:
    SweepState.objects.all().delete()

    assert "Reading clusters from AWS" in page(client, viewer, BASE)


def test_during_an_outage_of_aws_the_list_shows_the_last_known_state(
    client: Client, viewer: User, shop: Cluster
) -> None:
    SweepState.objects.update(error_code="ServerException", error="Service Unavailable", failures=1)

    text = page(client, viewer, BASE)

    assert "The last refresh failed" in text
    assert CLUSTER in text


def test_when_aws_was_never_reached_the_error_is_explained(client: Client, viewer: User, account: Account) -> None:
    SweepState.objects.update(completed_at=None, error_code="AccessDenied", error="not authorized", failures=1)

    assert "not authorized" in page(client, viewer, BASE)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_and_escapes_text_from_aws(
    client: Client, viewer: User, shop: Cluster, instance: ContainerInstance, tab: str
) -> None:
    text = page(client, viewer, f"{SHOP}{tab}")

    assert 'aria-current="page"' in text
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "tab", ["", "instances/", "instances/i-0abc/", "capacity/", "metrics/", "configuration/", "tags/"]
)
def test_a_cluster_of_another_account_does_not_exist(
    client: Client, outsider: User, shop: Cluster, instance: ContainerInstance, tab: str
) -> None:
    page(client, outsider, f"{SHOP}{tab}", status=404)


def test_unknown_clusters_and_instances_are_not_found(client: Client, viewer: User, shop: Cluster) -> None:
    page(client, viewer, f"{BASE}nothing/", status=404)
    page(client, viewer, f"{SHOP}instances/i-nothing/", status=404)


def test_capacity_shows_shares_and_groups(client: Client, viewer: User, account: Account, shop: Cluster) -> None:
    group = row(AutoScalingGroup, account, "group", "asg", min_size=1, max_size=9, desired_capacity=4)
    scaling = {"autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED", "targetCapacity": 80}}}
    row(CapacityProvider, account, "capacity-provider", "cp-shop", status="ACTIVE", auto_scaling_group_arn=group.arn,
        description=scaling)  # fmt: skip

    text = page(client, viewer, f"{SHOP}capacity/")

    assert "75 %" in text
    assert "target 80 %" in text
    assert "1 to 9" in text


def test_metrics_show_the_total_reservation(
    client: Client, viewer: User, shop: Cluster, instance: ContainerInstance
) -> None:
    text = page(client, viewer, f"{SHOP}metrics/")

    assert "1 vCPU of 2 vCPU" in text
    assert "94 %" in text


def test_an_instance_shows_its_resources_ports_and_attributes(
    client: Client, viewer: User, shop: Cluster, instance: ContainerInstance
) -> None:
    text = page(client, viewer, f"{SHOP}instances/i-0abc/")

    assert "8080/TCP" in text
    assert "2376/TCP" not in text
    assert "ecs.os-type" in text
    assert "Capabilities (1)" in text


def test_an_instance_links_to_its_tasks(client: Client, viewer: User, desk: Desk, shop_here: Cluster) -> None:
    first, second = desk.instance("i-1"), desk.instance("i-2")
    desk.task("task-of-i-1", first)
    desk.task("task-of-i-2", second)
    link = re.search(r'href="([^"]*/tasks/[^"]*)">0 running', page(client, viewer, f"{SHOP}instances/i-1/"))
    assert link is not None

    text = page(client, viewer, link[1])

    assert "task-of-i-1" in text
    assert "task-of-i-2" not in text


def test_a_disconnected_agent_is_shown(
    client: Client, viewer: User, shop: Cluster, instance: ContainerInstance
) -> None:
    ContainerInstance.objects.update(agent_connected=False)

    assert "The container agent is disconnected from ECS" in page(client, viewer, f"{SHOP}instances/i-0abc/")
    assert "Agent disconnected" in page(client, viewer, f"{SHOP}instances/")


def test_a_deleted_cluster_is_still_shown_but_cannot_be_changed(client: Client, operator: User, shop: Cluster) -> None:
    Cluster.objects.update(gone_at=timezone.now())

    text = page(client, operator, SHOP)

    assert "This cluster was deleted" in text
    assert f"{SHOP}delete/" not in text
    assert "hx-get" not in text.partition('id="overview"')[2].partition(">")[0]
    assert CLUSTER not in page(client, operator, BASE).partition('id="clusters"')[2].partition("</section>")[0]
    page(client, operator, f"{SHOP}delete/", status=404)


def test_an_unchanged_section_is_not_sent_again(client: Client, viewer: User, shop: Cluster) -> None:
    client.force_login(viewer)
    first = client.get(f"{SHOP}?fragment=overview")
    assert first.status_code == 200

    again = client.get(f"{SHOP}?fragment=overview", headers={"HX-PTag": first.headers["HX-PTag"]})

    assert again.status_code == 304


def test_several_instances_chosen_in_the_table_lead_to_the_review(
    client: Client, operator: User, shop: Cluster, instance: ContainerInstance
) -> None:
    client.force_login(operator)

    answer = client.post(f"{SHOP}instances/drain/", {"row": [str(instance.pk)]})

    assert answer.status_code == 302
    assert "/plans/" in answer.headers["Location"]


def test_a_deployer_sees_the_cluster_of_their_service_but_changes_nothing(
    client: Client, deployer: User, shop: Cluster, instance: ContainerInstance
) -> None:
    text = page(client, deployer, f"{SHOP}instances/")

    assert "Terminate" not in text
    page(client, deployer, f"{SHOP}instances/i-0abc/drain/", status=403)


def test_csv_has_every_instance(client: Client, viewer: User, shop: Cluster, instance: ContainerInstance) -> None:
    client.force_login(viewer)

    text = b"".join(client.get(f"{SHOP}instances/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]

    assert "i-0abc" in text
    assert "1 vCPU of 2 vCPU" in text
