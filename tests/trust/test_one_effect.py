"""Every call of every action meets every fault between the dashboard and AWS, and takes effect once.

Each run of all actions spoils the first response to every writing call, in turn by garbage, a lost response, a kill
before or after it, or a backup of the database that is restored. One run is a part of the tests. With the environment
variable ALL_FAULTS there is one run for each fault, so that every call meets every fault.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from django.test import Client
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws import buckets
from ecsdash.aws.names import api_operation
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Operation
from tests.clusters.world import World
from tests.external_changes.elsewhere import SWEPT as SWEPT_ELSEWHERE
from tests.external_changes.elsewhere import Elsewhere
from tests.operations import drive
from tests.operations.test_links import JOURNEYS, OF_THE_EXAMPLE_APP, SWEPT, Journey
from tests.operations.tollgate import READS
from tests.processes import Sandbox
from tests.services.simulated_services import IN_SERVICE, SimulatedServices
from tests.trust import faulty_endpoint
from tests.trust.expected_effects import CALLS, EFFECTS, OF_EFS
from tests.trust.faulty_endpoint import FAULTS, FaultyEndpoint, MortalConnection
from tests.users import REGION

ROTATIONS: Final = range(len(FAULTS)) if os.environ.get("ALL_FAULTS") else range(1)


def of_capacity(journey: Journey) -> None:
    """Clusters with container instances of an Auto Scaling group."""
    world = World(journey.stage.scope, journey.stage.sandbox)
    world.client("ec2").create_key_pair(KeyName="ops")
    world.sweep()
    journey.do("create_cluster", world.cluster_data("both", name="farm"))
    (first, *_) = world.instances("farm")
    journey.do("terminate_container_instance", {"replace": ""}, cluster="farm", instance=first.name)
    journey.do("delete_cluster", {"capacity": "on"}, cluster="farm")


def of_rules(journey: Journey) -> None:
    """A service behind the listener of another."""
    elsewhere = Elsewhere(journey.stage.scope, journey.stage.sandbox)
    listener, _ = elsewhere.listener_before_service()
    elsewhere.sweep(*SWEPT_ELSEWHERE)
    by_rule = {"balancer": "listener", "listener": listener, "rule_paths": "/new/*"}
    journey.do("create_service", journey.stage.create_data(**by_rule), cluster="shop")
    journey.do("delete_service", {"force": "on", "remove_load_balancer": "on"}, **IN_SERVICE)


def of_scaling(journey: Journey) -> None:
    """A scaling policy that somebody changed elsewhere."""
    elsewhere = Elsewhere(journey.stage.scope, journey.stage.sandbox)
    elsewhere.steady_service()
    elsewhere.limit(1, 4)
    elsewhere.scale_by_cpu(50.0)
    elsewhere.begin_again()
    elsewhere.scale_by_cpu(80.0)
    change = elsewhere.read_and_sweep()
    journey.do("revert_scaling_change", {}, change=change.name)


EVERY_JOURNEY: Final = [*JOURNEYS, of_capacity, of_rules, of_scaling]


class Effects:
    """Counts what is in the simulated AWS."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.client = sandbox.client

    def count(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for name, number in [*self._ecs(), *self._compute(), *self._others()]:
            found[name] += number
        return found

    def _ecs(self) -> Iterator[tuple[str, int]]:
        ecs = self.client("ecs")
        clusters = ecs.list_clusters()["clusterArns"]
        yield "clusters", len(clusters)
        yield "revisions", len(ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"])
        listed = ({}, *({"cluster": each} for each in clusters))
        providers = [each for asked in listed for each in ecs.describe_capacity_providers(**asked)["capacityProviders"]]
        yield "capacity providers", len({each["name"] for each in providers})
        for cluster in clusters:
            services = ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"]
            yield "services", len(services)
            yield "tasks", len(ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"])
            yield "container instances", len(ecs.list_container_instances(cluster=cluster)["containerInstanceArns"])
            for service in services:
                found = ecs.list_service_deployments(cluster=cluster, service=service)["serviceDeployments"]
                yield "deployments", len(found)

    def _compute(self) -> Iterator[tuple[str, int]]:
        ec2, scaling, balancing = self.client("ec2"), self.client("autoscaling"), self.client("elbv2")
        alive = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        instances = ec2.describe_instances(Filters=alive)["Reservations"]
        yield "instances", sum(len(each["Instances"]) for each in instances)
        yield "launch templates", len(ec2.describe_launch_templates()["LaunchTemplates"])
        yield "security groups", len(ec2.describe_security_groups()["SecurityGroups"])
        yield "Auto Scaling groups", len(scaling.describe_auto_scaling_groups()["AutoScalingGroups"])
        yield "target groups", len(balancing.describe_target_groups()["TargetGroups"])
        for balancer in balancing.describe_load_balancers()["LoadBalancers"]:
            yield "load balancers", 1
            for listener in balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
                yield "listeners", 1
                yield "rules", len(balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"])

    def _others(self) -> Iterator[tuple[str, int]]:
        iam, efs, events = self.client("iam"), self.client("efs"), self.client("events")
        yield "roles", len(iam.list_roles()["Roles"])
        yield "instance profiles", len(iam.list_instance_profiles()["InstanceProfiles"])
        yield "log groups", len(self.client("logs").describe_log_groups()["logGroups"])
        yield "secrets", len(self.client("secretsmanager").list_secrets()["SecretList"])
        yield "namespaces", len(self.client("servicediscovery").list_namespaces()["Namespaces"])
        yield "queues", len(self.client("sqs").list_queues().get("QueueUrls", []))
        yield "event rules", len(events.list_rules()["Rules"])
        for system in efs.describe_file_systems()["FileSystems"]:
            yield "file systems", 1
            yield "mount targets", len(efs.describe_mount_targets(FileSystemId=system["FileSystemId"])["MountTargets"])
            yield "access points", len(efs.describe_access_points(FileSystemId=system["FileSystemId"])["AccessPoints"])


class FaultyJourney(Journey):
    """Runs actions one after the other through a faulty endpoint. Each must succeed and have its effect once."""

    def __init__(
        self, stage: SimulatedServices, user: User, client: Client, endpoint: FaultyEndpoint, name: str
    ) -> None:
        super().__init__(stage, user, client)
        self.endpoint, self.effects, self.name = endpoint, Effects(stage.sandbox), name
        self.made: set[str] = set()

    def do(self, action: str, data: Any = None, **place: Any) -> Operation:
        data = dict(data.lists()) if hasattr(data, "lists") else data or {}
        before, first = self.effects.count(), len(self.endpoint.faults)
        started = drive.start(action, self.user, self.stage.scope, self.stage.place(**place), data)
        operation = faulty_endpoint.drive(started, self.endpoint)
        faults = self.endpoint.faults[first:]
        assert operation.state == "succeeded", (action, operation.error, faults)
        after = self.effects.count()
        measured = {name: after[name] - before[name] for name in after | before if after[name] != before[name]}
        assert measured == EFFECTS[self.name][action], (action, measured, faults)
        self.made |= {name for name, _ in faults}
        self.done.append(action)
        self.stage.sweep(*SWEPT)
        if operation.outputs:
            self.follow(action, operation)
        return operation


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("journey", [*JOURNEYS, of_capacity, of_rules, of_scaling], ids=lambda each: each.__name__)
def test_every_call_takes_effect_once(
    journey: Callable[[Journey], None],
    rotation: int,
    aws_account: Account,
    sandbox: Sandbox,
    settings: Settings,
    admin: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    with FaultyEndpoint(sandbox, rotation).open() as endpoint:
        assert isinstance(endpoint, FaultyEndpoint)
        _through(endpoint, monkeypatch)
        travelled = FaultyJourney(stage, admin, client, endpoint, journey.__name__)
        journey(travelled)
    forget()
    assert travelled.made == CALLS[journey.__name__]


def _through(endpoint: FaultyEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the writers of operations through the endpoint; sweeps reach the simulated AWS itself."""
    writer = Account.writer

    def faulty(account: Account, region: str, user: Any) -> MortalConnection:
        found: Any = writer(account, region, user)
        target = replace(found.target, endpoint_url=endpoint.url)
        return MortalConnection(target, found.caller, found.read_only, endpoint)

    monkeypatch.setattr(Account, "writer", faulty)
    monkeypatch.setattr(buckets, "_buckets", None)


def test_every_action_and_each_of_its_calls_is_tried() -> None:
    assert {name for each in EFFECTS.values() for name in each} == set(ACTIONS) - OF_THE_EXAMPLE_APP
    declared = {call for name, action in ACTIONS.items() if name not in OF_THE_EXAMPLE_APP for call in action.calls}
    writing = {call for call in declared if not READS.match(api_operation(call))}
    assert {endpoint_name(call) for call in writing} == {call for calls in CALLS.values() for call in calls}


def endpoint_name(call: str) -> str:
    """Return the operation as the endpoint knows it: those of EFS by method and path."""
    name = api_operation(call)
    return OF_EFS.get(name, name) if call.startswith("efs.") else name
