"""Changes of a service that exists: of every group of fields, by one UpdateService or by a new service."""

import json
from typing import Any

import pytest

from ecsdash.access.models import User
from ecsdash.operations import authority
from ecsdash.operations.actions import ACTIONS, action_context
from ecsdash.operations.plan import Repeat
from services.models import Service, TargetGroup
from tests.operations import drive
from tests.services.simulated_services import IN_SERVICE, MOVED, SimulatedServices, calls, new_target_groups, titles
from tests.users import create_grant


@pytest.fixture
def stage(empty_service_stage: SimulatedServices) -> SimulatedServices:
    empty_service_stage.build_steady(count=1)
    return empty_service_stage


def test_editing_changes_only_what_differs(stage: SimulatedServices, operator: User) -> None:
    configuration = stage.service().description["deploymentConfiguration"]
    wanted = {
        **configuration,
        "minimumHealthyPercent": 50,
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
    }
    data = stage.edit_data(stage.service(), deploymentConfiguration=wanted, desiredCount=1)
    operation = stage.do("edit_service", operator, data, **IN_SERVICE)

    assert calls(operation.plan) == ["ecs.update_service"]
    (step,) = [each for each in operation.plan.steps if each.call]
    assert step.repeat is Repeat.SAFE
    assert step.params.keys() == {"cluster", "service", "deploymentConfiguration"}
    assert {(change.path, change.before, change.after) for change in operation.plan.changes} == {
        ("deployment configuration.deploymentCircuitBreaker.rollback", True, False),
        ("deployment configuration.minimumHealthyPercent", 100, 50),
    }
    after = stage.service().description["deploymentConfiguration"]
    assert (after["minimumHealthyPercent"], after["deploymentCircuitBreaker"]["rollback"]) == (50, False)


def test_the_undo_restores_the_previous_document(stage: SimulatedServices, operator: User) -> None:
    before = json.loads(stage.edit_data(stage.service())["json"])
    data = stage.edit_data(
        stage.service(), enableExecuteCommand=True, tags=[{"key": "team", "value": "shop"}],
        placementConstraints=None, propagateTags="TASK_DEFINITION",
    )  # fmt: skip
    operation = stage.do("edit_service", operator, data, **IN_SERVICE)
    assert stage.service().tags["team"] == "shop"
    assert calls(operation.plan) == ["ecs.update_service", "ecs.tag_resource"]
    undo = operation.plan.undo
    assert undo is not None

    stage.do(undo.action, operator, undo.data, **IN_SERVICE)

    assert json.loads(stage.edit_data(stage.service())["json"]) == before


CONNECT = {
    "enabled": True,
    "namespace": "shop",
    "services": [{"portName": "http", "clientAliases": [{"port": 80, "dnsName": "web"}]}],
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "hidden-value"}},
}
#: Members -> the values that are set, and whether the change starts a deployment.
GROUPS: list[tuple[dict[str, Any], bool]] = [
    ({"desiredCount": 2}, True),
    ({"healthCheckGracePeriodSeconds": None, "availabilityZoneRebalancing": "DISABLED"}, False),
    ({"enableExecuteCommand": True, "enableECSManagedTags": True, "propagateTags": "SERVICE"}, False),
    ({"platformVersion": "1.4.0"}, True),
    ({"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]},
     True),
    ({"deploymentConfiguration": {
        "strategy": "ROLLING", "bakeTimeInMinutes": 5, "minimumHealthyPercent": 100, "maximumPercent": 150,
        "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
        "deploymentCircuitBreaker": {"enable": True, "rollback": True}}}, False),
    ({"serviceConnectConfiguration": CONNECT, "taskDefinition": "web-front:2"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("members", "waits"), GROUPS)
def test_each_group_of_fields_is_changed_on_a_running_service(
    stage: SimulatedServices, operator: User, members: dict[str, Any], waits: bool
) -> None:
    stage.prepare_service_connect()
    stage.sweep(*MOVED)
    operation = stage.do("edit_service", operator, stage.edit_data(stage.service(), **members), **IN_SERVICE)

    assert any(step.until == "service_steady" for step in operation.plan.steps) is waits
    found = json.loads(stage.edit_data(stage.service())["json"])
    for name, value in members.items():
        if isinstance(value, dict):
            assert {key: found[name][key] for key in value} == value
        else:
            assert found.get(name) == value


def test_hidden_values_stay_and_are_not_shown(stage: SimulatedServices, operator: User) -> None:
    stage.prepare_service_connect()
    stage.sweep(*MOVED)
    data = stage.edit_data(stage.service(), serviceConnectConfiguration=CONNECT, taskDefinition="web-front:2")
    stage.do("edit_service", operator, data, **IN_SERVICE)
    context = action_context(ACTIONS["edit_service"], operator, stage.scope, stage.place(**IN_SERVICE))
    form = ACTIONS["edit_service"].form_class(context=context)
    shown = form["json"].value()
    assert "hidden-value" not in shown

    changed = json.dumps({**json.loads(shown), "desiredCount": 2})
    stage.do("edit_service", operator, {"json": changed}, **IN_SERVICE)

    (deployment,) = stage.service().description["deployments"]
    assert deployment["serviceConnectConfiguration"]["logConfiguration"]["options"]["splunk-token"] == "hidden-value"


def test_a_load_balancer_is_attached_and_detached_later(stage: SimulatedServices, operator: User) -> None:
    group = {"balancer": "new", "deregistration_delay": 10, "health_check_codes": "200-299", "sticky_seconds": 60}
    data = {**stage.edit_data(stage.service()), **new_target_groups(group),
            "new_group": "on", "new_group_rules": "tcp 80 10.0.0.0/8"}  # fmt: skip
    operation = stage.do("edit_service", operator, data, **IN_SERVICE)

    assert calls(operation.plan) == [
        "ec2.create_security_group", "ec2.authorize_security_group_ingress", "elbv2.create_load_balancer",
        "elbv2.create_target_group", "elbv2.modify_target_group_attributes", "elbv2.create_listener",
        "ecs.update_service",
    ]  # fmt: skip
    service = stage.service()
    assert service.target_group_arns == [TargetGroup.objects.get().arn]
    network = service.description["networkConfiguration"]["awsvpcConfiguration"]
    assert len(network["securityGroups"]) == 1
    undo = operation.plan.undo
    assert undo is not None
    stage.do(undo.action, operator, undo.data, **IN_SERVICE)
    assert stage.service().target_group_arns == []


def test_a_network_load_balancer_is_attached(stage: SimulatedServices, operator: User) -> None:
    network = new_target_groups({"balancer": "new", "balancer_type": "network"})
    data = {**stage.edit_data(stage.service()), **network}
    plan = stage.review("edit_service", operator, data, **IN_SERVICE)

    balancer, group, listener, _, _ = plan.steps
    assert balancer.params["Type"] == "network"
    assert (group.params["Protocol"], listener.params["Protocol"]) == ("TCP", "TCP")
    assert "HealthCheckPath" not in group.params


def test_nothing_to_change_is_said(stage: SimulatedServices, operator: User) -> None:
    found = stage.errors("edit_service", operator, stage.edit_data(stage.service()), **IN_SERVICE)

    assert found == {"__all__": ["No value was changed. Change a value first."]}


def test_what_cannot_be_updated_asks_how_to_replace_the_service(stage: SimulatedServices, operator: User) -> None:
    data = stage.edit_data(stage.service(), serviceName="web-new")
    found = stage.errors("edit_service", operator, data, **IN_SERVICE)

    assert list(found) == ["replacement"]
    assert "The name of a service cannot be changed." in found["replacement"][0]


def test_a_second_service_is_created_beside_it(stage: SimulatedServices, operator: User) -> None:
    data = {**stage.edit_data(stage.service(), launchType=None), "replacement": "beside"}
    plan = stage.review("edit_service", operator, data, **IN_SERVICE)

    assert calls(plan) == ["ecs.create_service"]
    assert plan.steps[0].params["serviceName"] == "web-front-2"
    assert any("cannot return to the cluster's default" in title for title in titles(plan, "warn"))
    assert plan.undo is not None
    assert (plan.undo.action, plan.undo.url_kwargs["service"]) == ("delete_service", "web-front-2")


def test_a_service_is_deleted_and_created_again(stage: SimulatedServices, operator: User) -> None:
    strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    stage.do("edit_service", operator, stage.edit_data(
        stage.service(), launchType=None, capacityProviderStrategy=strategy), **IN_SERVICE)  # fmt: skip
    data = stage.edit_data(stage.service(), serviceName="web-new")
    operation = stage.do("edit_service", operator, {**data, "replacement": "again"}, **IN_SERVICE)

    assert calls(operation.plan) == ["ecs.delete_service", "ecs.create_service"]
    assert any("interrupted" in title for title in titles(operation.plan, "warn"))
    assert [row.name for row in Service.objects.present()] == ["web-new"]


def test_a_service_of_another_deployment_controller_is_explained(stage: SimulatedServices, operator: User) -> None:
    service = stage.service()
    group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
    service.description |= {
        "deploymentController": {"type": "CODE_DEPLOY"},
        "deploymentConfiguration": {},
        "loadBalancers": [{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
    }
    service.save()
    data = stage.edit_data(service, platformVersion="1.4.0")
    found = stage.errors("edit_service", operator, data, **IN_SERVICE)

    assert found == {
        "__all__": [
            "platform version: The deployment controller is CODE_DEPLOY: create a deployment in AWS CodeDeploy."
        ]
    }


def test_who_may_change_one_service_may_not_name_another_beside_it(stage: SimulatedServices, viewer: User) -> None:
    create_grant("operator", "demo", user=viewer, cluster="shop", service="web-front")
    data = {**stage.edit_data(stage.service(), launchType=None), "replacement": "beside"}
    draft = drive.review("edit_service", viewer, stage.scope, stage.place(**IN_SERVICE), data)

    assert any("web-front-2" in each.refusal for each in authority.judge_plan(viewer, draft))
