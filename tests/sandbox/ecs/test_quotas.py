"""Quotas of an account, and client tokens: what is refused although each part of it is valid."""

from typing import Any

import pytest

from ecsdash.sandbox.ecs import quotas
from tests.sandbox.ecs.fake_aws import TARGET_GROUP
from tests.sandbox.ecs.stage import HERE, NETWORK, Json, Stage

BALANCER = {"targetGroupArn": TARGET_GROUP, "containerName": "web", "containerPort": 80}


def tags(count: int) -> list[Json]:
    return [{"key": f"k{number}", "value": "v"} for number in range(count)]


def test_a_cluster_takes_as_many_services_as_the_quota(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "SERVICES_PER_CLUSTER", 2)
    stage.cluster()
    definition = stage.register()
    params: Json = {"cluster": "shop", "taskDefinition": definition, "desiredCount": 0}
    for name in ("a", "b"):
        stage.call("CreateService", serviceName=name, **params)
    assert "maximum number of services" in stage.refused("CreateService", serviceName="c", **params).message
    stage.call("DeleteService", cluster="shop", service="a")
    stage.step(5)
    stage.call("CreateService", serviceName="c", **params)


def test_an_account_takes_as_many_clusters_as_the_quota(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "CLUSTERS", 1)
    stage.cluster("one")
    stage.cluster("one")
    assert stage.refused("CreateCluster", clusterName="two").code == "ClientException"


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("CreateCluster", {"clusterName": "x", "tags": tags(51)}, "InvalidParameterException"),
        ("CreateCluster", {"clusterName": "x", "capacityProviders": ["FARGATE"] * 21}, "InvalidParameterException"),
        (
            "RegisterTaskDefinition",
            {"family": "x", "containerDefinitions": [{"name": f"c{n}", "image": "i", "memory": 8} for n in range(11)]},
            "ClientException",
        ),
        (
            "RegisterTaskDefinition",
            {
                "family": "x",
                "containerDefinitions": [
                    {"name": "c", "image": "i", "memory": 8, "environment": [{"name": "A", "value": "v" * 70_000}]}
                ],
            },
            "ClientException",
        ),
    ],
)
def test_more_than_the_quota_is_refused(stage: Stage, operation: str, params: Json, code: str) -> None:
    assert stage.refused(operation, **params).code == code


def test_a_service_has_at_most_five_target_groups(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    params: Json = {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": definition,
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
    }
    assert "at most 5" in stage.refused("CreateService", loadBalancers=[BALANCER] * 6, **params).message


def test_an_instance_has_at_most_ten_attributes_of_its_users(stage: Stage) -> None:
    stage.cluster()
    instance = stage.instance()

    def attributes(count: int) -> list[Json]:
        return [{"name": f"stack{number}", "value": "v", "targetId": instance} for number in range(count)]

    stage.call("PutAttributes", cluster="shop", attributes=attributes(10))
    stage.call("PutAttributes", cluster="shop", attributes=attributes(10))
    extra = [{"name": "one-more", "targetId": instance}]
    assert stage.refused("PutAttributes", cluster="shop", attributes=extra).code == "AttributeLimitExceededException"


@pytest.mark.parametrize("change", [{"desiredCount": 3}, {"enableExecuteCommand": True}])
def test_a_client_token_used_with_other_parameters_creates_no_service(stage: Stage, change: dict[str, Any]) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    stage.fargate_service(definition, clientToken="abc")
    params: Json = {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": definition,
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
        "clientToken": "abc",
    }
    stage.call("CreateService", **params)
    assert stage.refused("CreateService", **(params | change)).message == "Creation of service was not idempotent."


def test_a_client_token_still_counts_after_a_restart(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    first = stage.fargate_service(definition, clientToken="abc")
    stage.plane.load(stage.plane.dump())
    assert stage.fargate_service(definition, clientToken="abc")["createdAt"] == first["createdAt"]
    assert len(stage.plane.handle(HERE, "ListServices", {"cluster": "shop"})["serviceArns"]) == 1
