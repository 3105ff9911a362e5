"""The links on the page of an ended operation: every action is run to its end, and every link is followed."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import revert_action
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Operation
from ecsdash.web import clock
from services.forms.task_definition.text import writable
from services.models import Listener, Namespace, RestorePoint, TargetGroup
from services.planning.scaling import SCALING_NOUNS
from tests.clusters.managed_instances import edited, make_infrastructure_role, new_managed
from tests.clusters.test_capacity_providers import SETTINGS, new_group
from tests.clusters.test_edit_cluster import data as edit_data
from tests.clusters.world import NOUNS, World
from tests.external_changes.elsewhere import SWEPT as SWEPT_ELSEWHERE
from tests.external_changes.elsewhere import Elsewhere
from tests.operations import drive
from tests.processes import Sandbox
from tests.services.auto_scaling_forms import MORNING, STEPS, TRACKING
from tests.services.definitions import form_data
from tests.services.rule_forms import rule_form
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices
from tests.services.simulated_tasks import NOUNS as STAGE_NOUNS
from tests.services.test_continue_deployment import HELD
from tests.services.test_create_wordpress import form as wordpress_form
from tests.services.test_service_create import with_balancer
from tests.services.test_task_actions import run_data
from tests.services.test_task_definition_actions import definition
from tests.users import REGION

TAGS = {"tags-TOTAL_FORMS": 1, "tags-INITIAL_FORMS": 0, "tags-0-key": "team", "tags-0-value": "shop"}
ALSO_SWEPT = (*SCALING_NOUNS, "event_feeds", "inactive_task_definitions", "ecs_account_settings", "namespaces")
NEVER_CHANGED = {"machine_images", "instance_types"}  # by an action
SWEPT = sorted({*NOUNS, *STAGE_NOUNS, *MOVED, *ALSO_SWEPT} - {"stopped_tasks", *NEVER_CHANGED})
OF_THE_EXAMPLE_APP = {"change_account_setting"}
INSIDE = re.compile(r'<a [^>]*href="(/[^"#?]*)')


class Journey:
    """Runs actions one after the other and records the links of their pages. A broken link fails the test."""

    def __init__(self, stage: SimulatedServices, user: User, client: Client) -> None:
        self.stage, self.user, self.client = stage, user, client
        self.done: list[str] = []
        self.links: dict[str, list[str]] = {}
        client.force_login(user)

    def do(self, action: str, data: Any = None, **place: Any) -> Operation:
        data = dict(data.lists()) if hasattr(data, "lists") else data or {}
        started = drive.start(action, self.user, self.stage.scope, self.stage.place(**place), data)
        operation = drive.succeed(started, self.stage.sandbox, 20)
        self.stage.sweep(*SWEPT)
        self.follow(action, operation)
        return operation

    def follow(self, action: str, operation: Operation) -> None:
        page = self.client.get(f"/operations/{operation.pk}/")
        shown = page.content.decode().partition('id="summary"')[2].partition("<h2>Steps</h2>")[0]
        own = sorted(set(INSIDE.findall(shown)))
        broken = [address for address in own if self.client.get(address).status_code != 200]
        assert not broken, f"{action} has broken links: {broken}"
        assert "hx-trigger" not in page.content.decode().partition('id="progress"')[2].partition(">")[0]
        self.done.append(action)
        self.links[action] = own


def of_clusters(journey: Journey) -> None:
    stage = journey.stage
    world = World(stage.scope, stage.sandbox)
    world.client("ec2").create_key_pair(KeyName="ops")
    world.sweep()
    journey.do("create_cluster", world.cluster_data(name="farm"))
    farm = {"cluster": "farm"}
    settings = edit_data("disabled", ("FARGATE",), ("FARGATE", 1, 1))
    journey.do("edit_cluster", {**settings, "exec_logging": "NONE"}, **farm)
    journey.do("edit_cluster_tags", TAGS, **farm)
    journey.do("launch_container_instances", {**world.launch_data(), "number": 3}, **farm)
    first, second, third = world.instances("farm")
    journey.do("edit_container_instance_tags", TAGS, **farm, instance=first.name)
    for action in ("drain_container_instance", "activate_container_instance", "terminate_container_instance"):
        journey.do(action, {}, **farm, instance=first.name)
    for action in ("drain_container_instances", "activate_container_instances", "terminate_container_instances"):
        journey.do(action, {"row": [second.pk, third.pk]}, **farm)
    journey.do("delete_cluster", {}, **farm)


def of_providers(journey: Journey) -> None:
    """A capacity provider of an existing cluster, and a setting of the account."""
    world = World(journey.stage.scope, journey.stage.sandbox)
    world.client("ec2").create_key_pair(KeyName="ops")
    world.sweep()
    spot = {"capacity_provider": "spot"}
    journey.do("create_capacity_provider", new_group(world, desired=1), cluster="shop")
    journey.do("edit_capacity_provider", {**SETTINGS, "target_capacity": 50}, **spot)
    journey.do("edit_capacity_provider_tags", TAGS, **spot)
    make_infrastructure_role(world)
    journey.do("create_managed_instances", new_managed(world), cluster="shop")
    journey.do("edit_managed_instances", edited(monitoring="DETAILED"), capacity_provider="managed")
    journey.do("resize_auto_scaling_group", {"minimum": 1, "desired": 2, "maximum": 4}, group="spot")
    journey.do("delete_capacity_provider", {"group": "on"}, **spot)
    journey.do("edit_account_setting", {"value": "enhanced"}, setting="containerInsights")


def of_services(journey: Journey) -> None:
    stage = journey.stage
    shop = {"cluster": "shop"}
    journey.do("create_service", with_balancer(stage), **shop)
    journey.do("edit_target_group", {"health_check_path": "/ready", "deregistration_delay": 5}, **IN_SERVICE)
    of_listener_rules(journey)
    journey.do("scale_service", {"desired_count": 1}, **IN_SERVICE)
    journey.do("edit_service_tags", TAGS, **IN_SERVICE)
    journey.do("force_new_deployment", {}, **IN_SERVICE)
    chosen = stage.service().pk
    journey.do("restart_services", {"row": chosen, "stop_after": 1})
    tagged = {"row": chosen, "containers": f"{chosen}/web", "tag": "1.27.1", "stop_after": 1}
    journey.do("deploy_services", tagged)
    journey.do("deploy_service", {"tag-web": "1.28"}, **IN_SERVICE)
    journey.do("rollback_service", {"revision": "web-front:1"}, **IN_SERVICE)
    changed = {**writable(stage.described("web-front:1")), "cpu": "512", "memory": "1024"}
    journey.do("deploy_changes", {"json": json.dumps(changed), "origin": "web-front:1"}, **IN_SERVICE)
    journey.do("restore_service", {"point": RestorePoint.objects.order_by("pk")[0].pk}, **IN_SERVICE)
    journey.do("edit_service", stage.edit_data(stage.service(), healthCheckGracePeriodSeconds=5), **IN_SERVICE)
    stage.client("ecs").update_service(**IN_SERVICE, forceNewDeployment=True)
    stage.sweep(*MOVED)
    journey.do("stop_deployment", {}, **IN_SERVICE)
    journey.do("delete_service", {}, **IN_SERVICE)
    journey.do("remove_leftovers", {"service_name": "web-front"}, **shop)
    journey.do("create_services", stage.several_data())


def of_listener_rules(journey: Journey) -> None:
    """A listener of the load balancer of the service, and a rule of it, are created, changed and deleted."""
    own, group = {"load_balancer": "web-front"}, TargetGroup.objects.present().get().arn
    listener = Listener.objects.present().get()
    journey.do("create_listener_rule", rule_form("/api/*", (group, 1), listener=listener.arn, priority=5), **own)
    rule = {"rule": Listener.objects.present().get().rules[0]["arn"]}
    journey.do("edit_listener_rule", rule_form("/v2/*", (group, 1), priority=6, **rule), **own)
    journey.do("delete_listener_rule", rule, **own)
    closed = {"kind": "fixed-response", "response_code": "503"}
    journey.do("create_listener", {**closed, "protocol": "HTTP", "port": 8080}, **own)
    other = {"listener": Listener.objects.present().get(port=8080).arn}
    journey.do("edit_listener", {**closed, "response_code": "404", **other}, **own)
    journey.do("delete_listener", other, **own)


def of_paused_deployments(journey: Journey) -> None:
    stage = journey.stage
    stage.steady_service()
    stage.client("ecs").update_service(**IN_SERVICE, forceNewDeployment=True, deploymentConfiguration=HELD)
    stage.sandbox.step(120)
    stage.sweep(*MOVED)
    journey.do("continue_deployment", {"decision": "CONTINUE"}, **IN_SERVICE)


def of_auto_scaling(journey: Journey) -> None:
    """Everything about the auto scaling of a service. The hold is ended at once.

    The policy does not scale in: how much simulated time the hold takes depends on the speed of the machine.
    """
    stage = journey.stage
    stage.steady_service()
    journey.do("set_auto_scaling", {"minimum": 1, "maximum": 4}, **IN_SERVICE)
    journey.do("edit_scaling_policy", {**TRACKING, "disable_scale_in": "on"}, **IN_SERVICE)
    journey.do("edit_step_policy", STEPS, **IN_SERVICE)
    journey.do("edit_scheduled_action", MORNING, **IN_SERVICE)
    until = f"{clock.now() + timedelta(seconds=2):%Y-%m-%d %H:%M:%S.%f}"
    journey.do("hold_desired_tasks", {"desired_count": 3, "duration": "until", "until": until}, **IN_SERVICE)
    journey.do("delete_scheduled_action", {"scheduled_action": "morning"}, **IN_SERVICE)
    journey.do("delete_scaling_policy", {"policy": "cpu"}, **IN_SERVICE)
    journey.do("remove_auto_scaling", {}, **IN_SERVICE)


def of_tasks(journey: Journey) -> None:
    stage = journey.stage
    journey.do("register_task_definition", form_data(definition()))
    journey.do("deregister_task_definition", {}, family="site", revision=1)
    operation = journey.do("run_task", run_data(stage, count=2))
    tasks = [out["value"].rpartition("/")[2] for out in operation.outputs]
    assert [f"/demo/{REGION}/tasks/{task}/" in journey.links["run_task"] for task in tasks] == [True, True]
    journey.do("edit_task_tags", TAGS, task=tasks[0])
    journey.do("stop_task", {"reason": ""}, task=tasks[0])
    journey.do("edit_task_definition_tags", TAGS, family="web-front", revision=1)
    journey.do("delete_task_definition", {}, family="site", revision=1)
    for _ in range(2):
        stage.register(family="old")
    stage.sweep(*SWEPT)
    journey.do("clean_up_task_definitions", {"keep": 1, "days": 0, "how": "delete"}, family="old", revision=1)


def of_events(journey: Journey) -> None:
    journey.do("connect_events")
    journey.do("disconnect_events")


def of_namespaces(journey: Journey) -> None:
    """A namespace of Service Connect, and one with DNS names in a VPC."""
    vpc = journey.stage.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    journey.stage.sweep("vpcs")
    journey.do("create_namespace", {"namespace_name": "shop.internal", "kind": "DNS_PRIVATE", "vpc": vpc})
    journey.do("create_namespace", {"namespace_name": "shop", "kind": "HTTP"})
    namespace = Namespace.objects.get(name="shop").namespace_id
    journey.do("delete_namespace", {}, namespace=namespace)


def of_wordpress(journey: Journey) -> None:
    operation = journey.do("create_wordpress", wordpress_form())
    journey.do("remove_created", {"operation": str(operation.pk)})


def of_external_changes(journey: Journey) -> None:
    """Revert everything that somebody changed elsewhere."""
    elsewhere = Elsewhere(journey.stage.scope, journey.stage.sandbox)
    elsewhere.steady_service()
    listener, groups = elsewhere.listener_before_service()
    elsewhere.limit(1, 4)
    elsewhere.begin_again()
    elsewhere.change_service(desiredCount=3)
    elsewhere.enable_insights()
    elsewhere.tag_service(team="bank")
    elsewhere.limit(1, 9)
    elsewhere.modify_listener(listener, groups[1])
    elsewhere.sandbox.step(90)
    elsewhere.read()
    elsewhere.sweep(*SWEPT_ELSEWHERE)
    for change in ExternalChange.objects.all():
        action = revert_action(change)
        assert action
        journey.do(action.name, {}, change=change.name)


JOURNEYS: dict[Callable[[Journey], None], set[str]] = {
    of_clusters: {
        "create_cluster", "edit_cluster", "edit_cluster_tags", "launch_container_instances",
        "edit_container_instance_tags",
        "drain_container_instance", "activate_container_instance", "terminate_container_instance",
        "drain_container_instances", "activate_container_instances", "terminate_container_instances", "delete_cluster",
    },
    of_providers: {
        "create_capacity_provider", "edit_capacity_provider", "edit_capacity_provider_tags",
        "create_managed_instances", "edit_managed_instances",
        "resize_auto_scaling_group", "delete_capacity_provider", "edit_account_setting",
    },
    of_services: {
        "create_service", "create_services", "edit_target_group", "create_listener_rule", "edit_listener_rule",
        "delete_listener_rule", "create_listener", "edit_listener", "delete_listener", "scale_service",
        "edit_service_tags",
        "force_new_deployment", "restart_services", "deploy_services", "deploy_service", "rollback_service",
        "deploy_changes", "restore_service", "edit_service", "stop_deployment", "delete_service", "remove_leftovers",
    },
    of_paused_deployments: {"continue_deployment"},
    of_auto_scaling: {
        "set_auto_scaling", "edit_scaling_policy", "edit_step_policy", "edit_scheduled_action", "hold_desired_tasks",
        "delete_scheduled_action", "delete_scaling_policy", "remove_auto_scaling",
    },
    of_tasks: {
        "register_task_definition", "deregister_task_definition", "run_task", "stop_task", "edit_task_tags",
        "edit_task_definition_tags", "delete_task_definition", "clean_up_task_definitions",
    },
    of_events: {"connect_events", "disconnect_events"},
    of_namespaces: {"create_namespace", "delete_namespace"},
    of_wordpress: {"create_wordpress", "remove_created"},
    of_external_changes: {
        "revert_service_change", "revert_cluster_change", "revert_tag_change", "revert_scaling_change",
        "revert_listener_change",
    },
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda each: each.__name__)
def test_every_link_of_an_ended_operation_works(
    journey: Callable[[Journey], None], aws_account: Account, sandbox: Sandbox, admin: User, client: Client
) -> None:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    travelled = Journey(stage, admin, client)
    journey(travelled)
    assert set(travelled.done) == JOURNEYS[journey]
    linkless = {name for name, links in travelled.links.items() if not links}
    assert not linkless, f"{linkless} have no links"


def test_every_action_is_tried() -> None:
    assert {name for names in JOURNEYS.values() for name in names} == set(ACTIONS) - OF_THE_EXAMPLE_APP
