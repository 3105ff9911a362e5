"""The document of a service, the update between two of them, and its words. No database, no AWS."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ecsdash.aws import shapes
from ecsdash.operations.plan import Change
from services.documents.service import Unchangeable, changes_in_words, document_of, update_of
from services.documents.service.document import NOT_DESCRIBED, member_names
from services.forms.service import text

BASE: dict[str, Any] = {
    "serviceName": "web",
    "taskDefinition": "web:1",
    "desiredCount": 2,
    "launchType": "FARGATE",
    "schedulingStrategy": "REPLICA",
    "deploymentConfiguration": {"strategy": "ROLLING", "maximumPercent": 200, "minimumHealthyPercent": 100},
}
DESCRIBED: dict[str, Any] = {
    **BASE,
    "taskDefinition": "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1",
    "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/shop/web",
    "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/shop",
    "status": "ACTIVE",
    "runningCount": 2,
    "pendingCount": 0,
    "loadBalancers": [],
    "roleArn": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "deployments": [
        {"id": "ecs-svc/1", "status": "ACTIVE"},
        {"id": "ecs-svc/2", "status": "PRIMARY", "serviceConnectConfiguration": {"enabled": True, "namespace": "shop"}},
    ],
}
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
BALANCER = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}


def changed(**members: Any) -> dict[str, Any]:
    """The base with other members; those that are None are absent."""
    return {name: value for name, value in {**BASE, **members}.items() if value is not None}


def test_a_document_holds_what_people_set_and_what_the_primary_deployment_describes() -> None:
    found = document_of(DESCRIBED, {"team": "shop", "aws:ecs:clusterName": "shop"})

    assert found == {
        **BASE,
        "serviceConnectConfiguration": {"enabled": True, "namespace": "shop"},
        "tags": [{"key": "team", "value": "shop"}],
    }


def test_a_daemon_service_has_no_desired_tasks() -> None:
    assert "desiredCount" not in document_of({**DESCRIBED, "schedulingStrategy": "DAEMON"})


def test_a_role_of_people_is_kept() -> None:
    role = "arn:aws:iam::123456789012:role/balancing"
    assert document_of({**DESCRIBED, "roleArn": role})["role"] == role


def test_every_member_of_create_service_is_in_a_document_or_of_the_call() -> None:
    assert {*member_names(), "cluster", "clientToken"} == set(shapes.members("ecs.create_service"))
    assert set(NOT_DESCRIBED) < set(member_names())


UPDATES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({}, {}, {}),
    ({}, {"desiredCount": 3}, {"desiredCount": 3}),
    ({}, {"loadBalancers": [BALANCER]}, {"loadBalancers": [BALANCER]}),
    ({"loadBalancers": [BALANCER]}, {}, {"loadBalancers": []}),
    ({"healthCheckGracePeriodSeconds": 30}, {}, {"healthCheckGracePeriodSeconds": 0}),
    ({"enableExecuteCommand": True}, {}, {"enableExecuteCommand": False}),
    ({"serviceConnectConfiguration": {"enabled": True}}, {}, {"serviceConnectConfiguration": {"enabled": False}}),
    ({"propagateTags": "SERVICE"}, {}, {"propagateTags": "NONE"}),
    ({"placementStrategy": [{"type": "random"}]}, {}, {"placementStrategy": []}),
    (
        {},
        {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
        {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
    ),
    (
        {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]},
        {},
        {"capacityProviderStrategy": []},
    ),
    (
        {"deploymentConfiguration": {"strategy": "ROLLING", "alarms": {"alarmNames": ["a"], "enable": True}}},
        {"deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}},
        {
            "deploymentConfiguration": {
                "alarms": {"alarmNames": [], "enable": False, "rollback": False},
                "strategy": "BLUE_GREEN",
                "bakeTimeInMinutes": 5,
            }
        },
    ),
    ({"deploymentController": {"type": "CODE_DEPLOY"}}, {}, {"deploymentController": {"type": "ECS"}}),
]


@pytest.mark.parametrize(("before", "after", "params"), UPDATES)
def test_an_update_carries_only_what_changed(
    before: dict[str, Any], after: dict[str, Any], params: dict[str, Any]
) -> None:
    update = update_of(changed(**before), changed(**after))

    assert update.params == params
    assert update.unchangeable == ()
    assert update.empty is (not params)


def test_tags_are_changed_by_their_own_calls() -> None:
    before = changed(tags=[{"key": "team", "value": "shop"}, {"key": "old", "value": "1"}])
    update = update_of(before, changed(tags=[{"key": "team", "value": "web"}]))

    assert (update.params, update.tagged, update.untagged) == ({}, {"team": "web"}, ("old",))


REPLACED: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {"serviceName": "shop"}, ["serviceName"]),
    ({}, {"launchType": "EC2"}, ["launchType"]),
    ({}, {"launchType": None}, ["capacityProviderStrategy"]),
    ({}, {"schedulingStrategy": "DAEMON", "desiredCount": None}, ["schedulingStrategy"]),
    ({}, {"role": "balancing"}, ["role"]),
    ({}, {"deploymentController": {"type": "CODE_DEPLOY"}}, ["deploymentController"]),
    ({}, {"loadBalancers": [{"loadBalancerName": "classic"}]}, ["loadBalancers"]),
    (
        {"launchType": "EXTERNAL"},
        {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
        ["launchType"],
    ),
    (
        {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
        {"launchType": "EC2"},
        ["launchType"],
    ),
]


@pytest.mark.parametrize(("before", "after", "members"), REPLACED)
def test_what_update_service_cannot_change_needs_a_new_service(
    before: dict[str, Any], after: dict[str, Any], members: list[str]
) -> None:
    update = update_of(changed(**before), changed(**after))

    assert [each.member for each in update.unchangeable] == members
    assert all(each.reason for each in update.unchangeable)
    assert update.replaces


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_a_service_that_another_tool_deploys_is_not_replaced_but_explained(controller: str) -> None:
    kind = {"deploymentController": {"type": controller}}
    update = update_of(changed(**kind), changed(**kind, taskDefinition="web:2", desiredCount=3))

    assert update.params == {"desiredCount": 3}
    (refused,) = update.unchangeable
    assert (refused.member, refused.replaceable) == ("taskDefinition", False)
    assert controller in refused.reason
    assert not update.replaces


def test_the_desired_tasks_of_a_daemon_are_not_set() -> None:
    daemon = changed(schedulingStrategy="DAEMON", desiredCount=None, launchType="EC2")
    update = update_of(daemon, {**daemon, "desiredCount": 3})

    assert update.unchangeable == (
        Unchangeable("desiredCount", "A daemon service runs one task on each container instance.", replaceable=False),
    )


def test_a_change_of_what_tasks_are_made_of_deploys() -> None:
    assert update_of(BASE, changed(taskDefinition="web:2")).deploys
    assert not update_of(BASE, changed(desiredCount=3, enableExecuteCommand=True)).deploys


PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
#: Values of members that UpdateService changes freely; None: absent.
CHANGEABLE: dict[str, list[Any]] = {
    "taskDefinition": ["web:1", "web:2"],
    "desiredCount": [1, 2],
    "availabilityZoneRebalancing": [None, "ENABLED", "DISABLED"],
    "healthCheckGracePeriodSeconds": [None, 30],
    "platformVersion": [None, "1.4.0"],
    "networkConfiguration": [None, {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}],
    "loadBalancers": [None, [BALANCER]],
    "serviceRegistries": [None, [{"registryArn": "arn:registry"}]],
    "serviceConnectConfiguration": [None, {"enabled": True, "namespace": "shop"}],
    "volumeConfigurations": [None, [{"name": "data", "managedEBSVolume": {"roleArn": "arn:role"}}]],
    "vpcLatticeConfigurations": [None, [{"roleArn": "r", "targetGroupArn": "t", "portName": "http"}]],
    "placementConstraints": [None, [{"type": "distinctInstance"}]],
    "placementStrategy": [None, [{"type": "spread", "field": "instanceId"}]],
    "enableExecuteCommand": [None, True],
    "enableECSManagedTags": [None, True],
    "propagateTags": [None, "SERVICE"],
    "gatewayConnectors": [None, [{"portName": "http"}]],
    "monitoring": [None, {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}]}],
    "tags": [None, [{"key": "team", "value": "shop"}]],
    "deploymentConfiguration": [
        {"strategy": "ROLLING", "deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 5.0}, "lifecycleHooks": [PAUSE]},
        {"strategy": "BLUE_GREEN", "alarms": {"alarmNames": ["a"], "enable": True, "rollback": True}},
    ],
}  # fmt: skip
DOCUMENTS = some.fixed_dictionaries({name: some.sampled_from(values) for name, values in CHANGEABLE.items()})
#: What ECS describes for a member that UpdateService emptied.
AS_ABSENT: list[Any] = [[], {}, 0, False, "NONE", "LATEST", {"enabled": False}, {"metricConfigurations": []}]


def applied(before: dict[str, Any], update: Any) -> dict[str, Any]:
    """What ECS describes after the update."""
    after = {**before, **update.params}
    tags = {each["key"]: each["value"] for each in before.get("tags", [])} | update.tagged
    after["tags"] = [{"key": key, "value": value} for key, value in tags.items() if key not in update.untagged]
    after["deploymentConfiguration"] = {
        name: value
        for name, value in after["deploymentConfiguration"].items()
        if not (isinstance(value, dict) and value.get("enable") is False) and value not in ([], 0)
    }
    return {name: value for name, value in after.items() if value not in AS_ABSENT or name == "desiredCount"}


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_an_update_makes_of_one_document_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    start, wanted = changed(**before), changed(**after)
    update = update_of(start, wanted)
    if "availabilityZoneRebalancing" not in wanted and "availabilityZoneRebalancing" in start:
        wanted["availabilityZoneRebalancing"] = "DISABLED"  # it cannot be absent again

    assert update.unchangeable == ()
    assert applied(start, update) == wanted
    assert (
        not shapes.validation_errors("ecs.update_service", {"service": "web", **update.params})
        or "tags" in update.params
    )


def test_changes_are_addressed_as_in_the_document() -> None:
    after = changed(
        desiredCount=3,
        loadBalancers=[BALANCER],
        deploymentConfiguration={**BASE["deploymentConfiguration"], "strategy": "CANARY"},
    )

    assert changes_in_words(BASE, after) == (
        Change("load balancers.targetgroup/web/1.targetGroupArn", None, GROUP),
        Change("load balancers.targetgroup/web/1.containerName", None, "web"),
        Change("load balancers.targetgroup/web/1.containerPort", None, 80),
        Change("desired tasks", 2, 3),
        Change("deployment configuration.strategy", "ROLLING", "CANARY"),
    )


def test_the_form_reads_an_answer_of_describe_services_and_keeps_what_is_typed() -> None:
    answer = {"services": [DESCRIBED], "failures": []}
    found = text.read(json.dumps(answer)).document

    assert found["serviceConnectConfiguration"] == {"enabled": True, "namespace": "shop"}
    assert not {"serviceArn", "status", "deployments", "cluster"} & found.keys()
    assert text.read(json.dumps({**BASE, "cluster": "bank", "clientToken": "x"})).document == BASE
    assert text.read(json.dumps({**BASE, "unknown": 1})).document == {**BASE, "unknown": 1}
