"""What a review says about the room for tasks on container instances is what ECS then does."""

from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from clusters.planning.placement import Demand, slots
from clusters.planning.room import refusals
from ecsdash.access.models import User
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.models import Service, ServiceEvent, TaskDefinition
from services.planning.room import room_for, room_for_deployment
from services.templatetags.services import event_line
from tests.clusters.world import Desk, World
from tests.prepared import prepare
from tests.sandbox import aws
from tests.services.simulated_tasks import SimulatedTasks

CLUSTER = "shop"
MOVED = ("container_instances", "services", "tasks", "task_definitions")
PERCENTS = st.sampled_from([(100, 200), (50, 100), (0, 100), (100, 150), (50, 200)])
#: CPU units of old and new tasks: instances have 2,048.
SIZES = st.sampled_from([(512, 512), (1024, 512), (1024, 1024), (700, 600)])


@dataclass
class Farm:
    """A cluster with two container instances in the simulated AWS, and its services."""

    world: World
    services: int = 0

    def build(self) -> None:
        ecs = self.world.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        profile = {"Name": aws.instance_profile(cast(Any, self.world.sandbox))}
        aws.run_instances(cast(Any, self.world.sandbox), CLUSTER, MaxCount=2, IamInstanceProfile=profile)
        self.world.sandbox.step(60)
        self.world.sweep()

    def register(self, family: str, cpu: int, port: int = 0, **more: Any) -> str:
        mappings = [{"containerPort": 80, "hostPort": port}] if port else []
        web = {"name": "web", "image": "nginx:1", "cpu": cpu, "memory": 128, "portMappings": mappings}
        answer = self.world.client("ecs").register_task_definition(family=family, containerDefinitions=[web], **more)
        return f"{family}:{answer['taskDefinition']['revision']}"

    def serve(self, definition: str, count: int, percents: tuple[int, int] = (100, 200), **more: Any) -> str:
        self.services += 1
        name = f"web-{self.services}"
        bounds = {"minimumHealthyPercent": percents[0], "maximumPercent": percents[1]}
        self.world.client("ecs").create_service(
            cluster=CLUSTER, serviceName=name, taskDefinition=definition, desiredCount=count, launchType="EC2",
            deploymentConfiguration=bounds, **more,
        )  # fmt: skip
        self.pass_time()
        return name

    def pass_time(self, seconds: float = 90) -> None:
        self.world.sandbox.step(seconds)
        self.world.sweep(*MOVED)

    def change(self, name: str, **params: Any) -> None:
        self.world.client("ecs").update_service(cluster=CLUSTER, service=name, **params)
        self.pass_time(240)

    def fits(self, user: User, action: str, name: str, data: dict[str, Any]) -> tuple[int, int] | None:
        prediction = self.world.review(action, user, data, cluster=CLUSTER, service=name).prediction
        assert prediction
        return prediction.fits

    def running(self, name: str, definition: str) -> int:
        found = self.world.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"][0]
        return sum(
            each["runningCount"] for each in found["deployments"] if each["taskDefinition"].endswith(f"/{definition}")
        )

    def end(self, name: str) -> None:
        self.world.client("ecs").delete_service(cluster=CLUSTER, service=name, force=True)
        self.pass_time(120)

    def checks(self, user: User, action: str, data: dict[str, Any], **place: str) -> list[Check]:
        return list(self.world.review(action, user, data, cluster=CLUSTER, **place).checks)


@pytest.fixture
def desk(stage_without_aws: SimulatedTasks) -> Desk:
    return Desk(stage_without_aws.scope)


@pytest.fixture
def farm(world: World) -> Farm:
    found = Farm(world)
    prepare("a farm of two instances", world.scope, world.sandbox, found.build)
    return found


def test_as_many_tasks_run_as_the_review_says_that_fit(farm: Farm, operator: User) -> None:
    @settings(
        max_examples=6, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(PERCENTS, SIZES, st.integers(1, 4), st.booleans(), st.booleans())
    def holds(percents: tuple[int, int], sizes: tuple[int, int], count: int, port: bool, distinct: bool) -> None:
        old = farm.register("web", sizes[0], 8080 if port else 0)
        new = farm.register("web", sizes[1], 8080 if port else 0)
        constraints = [{"type": "distinctInstance"}] if distinct else []
        name = farm.serve(old, 1, percents, placementConstraints=constraints)

        fits = farm.fits(operator, "scale_service", name, {"desired_count": count}) if count > 1 else None
        farm.change(name, desiredCount=count)
        assert fits is None or farm.running(name, old) == 1 + fits[0]

        fits = farm.fits(operator, "deploy_service", name, {"revision": new})
        farm.change(name, taskDefinition=new)
        assert fits == (farm.running(name, new), count)
        farm.end(name)

    holds()


def test_the_reasons_name_the_instances_and_link_to_them(farm: Farm, operator: User, client: Client) -> None:
    first, second = farm.world.instances(CLUSTER)
    blocker = farm.register("blocker", 128, 8080)
    only = [{"type": "memberOf", "expression": f"ec2InstanceId == {first.name}"}]
    farm.serve(blocker, 1, placementConstraints=only)
    wide = farm.register("wide", 1024, 8080)
    name = farm.serve(wide, 1)

    (found,) = (
        each for each in farm.checks(operator, "scale_service", {"desired_count": 3}, service=name) if each.links
    )
    assert (found.level, found.title) == (Level.WARN, "Only 0 of 2 tasks fit now")
    assert f"{first.name}, {second.name}: port 8080/tcp is in use." in found.detail
    assert found.fix.startswith("Use host port 0")
    assert dict(found.links) == {row.name: row.get_absolute_url() for row in (first, second)}

    (drained,) = farm.checks(operator, "drain_container_instance", {}, instance=second.name)
    assert (drained.level, drained.title) == (Level.WARN, "No room for 1 of 1 task on 1 other active instance")
    assert f"{first.name}: port 8080/tcp is in use." in drained.detail

    farm.change(name, desiredCount=3)
    message = ServiceEvent.objects.filter(message__contains="closest matching").latest("created_at").message
    service = Service.objects.select_related("account").get(name=name)
    client.force_login(operator)
    (link,) = [part.split('"')[0] for part in event_line(service, message).split('href="')[1:]]
    page = client.get(link)
    assert page.status_code == 200
    assert any(row.name in page.content.decode() for row in ContainerInstance.objects.all())


def test_what_is_not_judged_is_said(farm: Farm, operator: User) -> None:
    odd = [{"type": "memberOf", "expression": "registeredAt < 2030-01-01"}]
    name = farm.serve(farm.register("web", 128), 1)
    definition = farm.register("web", 128, placementConstraints=odd)
    farm.world.sweep("task_definitions")

    found = farm.checks(operator, "deploy_service", {"revision": definition}, service=name)

    assert "The placement constraint registeredAt < 2030-01-01 is not judged" in [
        each.title for each in found if each.level is Level.UNCHECKED
    ]


def test_instances_that_a_person_may_not_see_are_only_counted(farm: Farm, outsider: User) -> None:
    cluster = Cluster.objects.select_related("account").get(name=CLUSTER)
    words, links = refusals(outsider, cluster, Demand(cpu=4096), slots(farm.world.instances(CLUSTER), ()))

    assert (words, links) == ("2 instances: 2048 CPU units are free.", ())


def desk_service(desk: Desk, context: ActionContext, strategy: str, **document: Any) -> tuple[str, tuple[int, int]]:
    """The title of the check, and how many of how many tasks fit, of a deployment on the instances of the desk."""
    body = {"containerDefinitions": [{"name": "web", "cpu": 1024, "memory": 512}]}
    definition = desk.row(TaskDefinition, "web:1", family="web", revision=1, status="ACTIVE", description=body)
    service = desk.row(
        Service, "web", cluster_name=CLUSTER, status="ACTIVE", scheduling_strategy=strategy,
        task_definition=definition.arn, launch_type="EC2", desired_count=3, running_count=0,
    )  # fmt: skip
    room = room_for_deployment(context, service, definition, {"desiredCount": 3, **document})
    assert room
    return next(iter(room.checks(context, Level.WARN))).title, (room.placed, room.wanted)


def test_a_daemon_runs_once_on_each_instance(desk: Desk, operator: User) -> None:
    desk.row(Cluster, CLUSTER, status="ACTIVE")
    desk.instance("i-1")
    desk.instance("i-2", cpu=512)

    title, fits = desk_service(desk, ActionContext(desk.scope, operator), "DAEMON")

    assert (title, fits) == ("Only 1 of 2 tasks fits now", (1, 2))


def test_a_provider_that_may_grow_makes_room(desk: Desk, operator: User) -> None:
    desk.row(Cluster, CLUSTER, status="ACTIVE")
    desk.row(AutoScalingGroup, "group", desired_capacity=1, max_size=4)
    scaling = {"autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED"}}}
    group = AutoScalingGroup.objects.get()
    desk.row(CapacityProvider, "grows", status="ACTIVE", auto_scaling_group_arn=group.arn, description=scaling)
    desk.instance("i-1", capacity_provider_name="grows")
    desk.instance("i-2", capacity_provider_name="other")
    context = ActionContext(desk.scope, operator)
    strategy = [{"capacityProvider": "grows", "weight": 1}]

    title, fits = desk_service(desk, context, "REPLICA", capacityProviderStrategy=strategy)

    assert (title, fits) == ("Only 2 of 3 tasks fit now", (2, 3))
    room = room_for(context, TaskDefinition.objects.get(), {"capacityProviderStrategy": strategy}, CLUSTER, 3, "")
    assert room
    (check,) = room.checks(context, Level.WARN)
    assert (check.level, "grows launches more: it runs 1 of at most 4." in check.detail) == (Level.OK, True)
