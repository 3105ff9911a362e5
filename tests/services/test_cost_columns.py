"""The estimated monthly costs that lists show: they are kept with the rows of services, tasks and clusters."""

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from clusters.selectors.instance_prices import instance_costs
from ecsdash.access.models import User
from ecsdash.aws.prices import HOURS_PER_MONTH, instance_hourly, price_date
from services.documents.task_prices import Reservation, reservation_of, running_task_cost
from services.jobs import record_costs
from services.models import Task
from tests.services.simulated_services import SimulatedServices
from tests.users import REGION

FARGATE = {"launchType": "FARGATE", "cpu": "256", "memory": "512"}
ARM = {"attributes": [{"name": "ecs.cpu-architecture", "value": "arm64"}]}


@pytest.fixture
def stage(service_stage: SimulatedServices) -> SimulatedServices:
    service_stage.steady_service()
    service_stage.sweep("services", "tasks", "clusters", "container_instances")
    return service_stage


def test_services_tasks_and_clusters_show_what_they_cost_a_month(
    stage: SimulatedServices, admin: User, client: Client
) -> None:
    service = stage.service()
    assert (service.task_cost, service.monthly_cost) == (10.36, 20.72)
    assert set(Task.objects.filter(service_name=service.name).values_list("monthly_cost", flat=True)) == {10.36}
    record_costs()
    assert Cluster.objects.get(name="shop").monthly_cost == 20.72

    client.force_login(admin)
    for noun, amount in (("services", "20.72 USD"), ("tasks", "10.36 USD"), ("clusters", "20.72 USD")):
        page = client.get(f"/demo/{REGION}/{noun}/?columns=name,id,cost").content.decode()
        assert amount in page, noun
        assert f"on-demand list prices of {REGION}, {price_date(REGION)}" in page


def test_a_service_at_zero_costs_nothing(stage: SimulatedServices, operator: User) -> None:
    stage.do("scale_service", operator, {"desired_count": 0}, cluster="shop", service="web-front")
    assert stage.service().monthly_cost == 0
    record_costs()
    assert Cluster.objects.get(name="shop").monthly_cost == 0


def test_a_task_on_an_instance_costs_its_share_of_the_instances(stage: SimulatedServices) -> None:
    rows = ContainerInstance.objects.in_scope(stage.scope.account, REGION)
    assert instance_costs(rows) == {}
    for number, kind in enumerate(("m5.large", "m5.large", "no-such.type")):
        ContainerInstance.objects.create(
            account=stage.scope.account, region=REGION, arn=f"arn:{number}", name=f"i-{number}", cluster_name="shop",
            observed_at=timezone.now(), instance_type=kind, registered_cpu=2048, registered_memory=8192,
            remaining_cpu=2048, remaining_memory=8192,
        )  # fmt: skip
    hourly = instance_hourly(REGION, "m5.large")
    assert hourly
    costs = instance_costs(rows)["shop"]
    assert costs.amount == pytest.approx(2 * hourly * HOURS_PER_MONTH)
    assert costs.share(2048, 8192) == pytest.approx(hourly * HOURS_PER_MONTH)
    assert costs.share(1024, 0) == pytest.approx(hourly * HOURS_PER_MONTH * 9 / 26)


def test_a_running_task_is_priced_by_its_own_platform() -> None:
    full = running_task_cost(REGION, FARGATE)
    assert full == 10.36
    for other in (ARM, {"capacityProviderName": "FARGATE_SPOT"}):
        cheaper = running_task_cost(REGION, {**FARGATE, **other})
        assert cheaper is not None
        assert cheaper < full
    assert (running_task_cost(REGION, {**FARGATE, "platformFamily": "Windows_Server_2022_Core"}) or 0) > full
    assert running_task_cost(REGION, {**FARGATE, "launchType": "EC2"}) is None
    assert running_task_cost("cn-north-1", FARGATE) is None


def test_a_task_without_a_size_reserves_what_its_containers_do() -> None:
    containers = [{"cpu": 256, "memory": 512}, {"memory": 1024, "memoryReservation": 256}]
    assert reservation_of({"containerDefinitions": containers}) == Reservation(256, 768)
    assert reservation_of({"cpu": "512", "memory": "1024", "containerDefinitions": containers}) == Reservation(
        512, 1024
    )
