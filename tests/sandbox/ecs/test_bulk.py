"""Clusters with running services at once, as if each service had reached its steady state."""

import json

from ecsdash.sandbox.scope import Scope
from tests.sandbox.ecs.stage import HERE, Json, Stage


def populated(clusters: int = 2, services: int = 3, tasks: int = 4) -> Stage:
    stage = Stage()
    stage.plane.populate(HERE, clusters, services, tasks, subnets=["subnet-a", "subnet-b"])
    return stage


def names(stage: Stage) -> list[str]:
    return [arn.rpartition("/")[2] for arn in stage.call("ListClusters")["clusterArns"]]


def test_as_many_clusters_services_and_tasks_run_as_were_asked_for() -> None:
    stage = populated()
    assert names(stage) == ["cluster-0001", "cluster-0002"]
    for name in names(stage):
        assert len(stage.call("ListServices", cluster=name)["serviceArns"]) == 3
        assert {task["lastStatus"] for task in stage.tasks(cluster=name)} == {"RUNNING"}
        assert len(stage.tasks(cluster=name)) == 12


def test_each_task_has_a_private_address_of_its_own() -> None:
    stage = populated()
    stage.plane.populate(Scope(HERE.account, "us-east-1"), 1, 1, 1, subnets=["subnet-a"])
    addresses = [
        each["containers"][0]["networkInterfaces"][0] for name in names(stage) for each in stage.tasks(cluster=name)
    ]
    assert len({each["privateIpv4Address"] for each in addresses}) == 24


def test_populated_services_are_steady_and_start_nothing() -> None:
    stage = populated()
    before = {task["taskArn"] for task in stage.tasks(cluster="cluster-0001")}
    stage.step(60)
    service = stage.service("service-0002", "cluster-0001")
    assert (service["runningCount"], service["deployments"][0]["rolloutState"]) == (4, "COMPLETED")
    assert {task["taskArn"] for task in stage.tasks(cluster="cluster-0001")} == before


def test_a_populated_service_lives_on_like_any_other() -> None:
    stage = populated(1, 1, 4)
    task = stage.tasks(cluster="cluster-0001")[0]
    stage.call("StopTask", cluster="cluster-0001", task=task["taskArn"])
    stage.call("UpdateService", cluster="cluster-0001", service="service-0001", desiredCount=6)
    stage.step(60)
    running = stage.tasks(cluster="cluster-0001")
    assert [one["lastStatus"] for one in running] == ["RUNNING"] * 6
    assert task["taskArn"] not in {one["taskArn"] for one in running}
    assert sorted(one["availabilityZone"][-1] for one in running) == ["a"] * 3 + ["b"] * 3


def test_the_same_seed_populates_the_same_resources() -> None:
    assert populated().plane.dump() == populated().plane.dump()


def test_an_answer_written_down_says_the_same() -> None:
    stage = populated(1, 1, 4)
    question: Json = {
        "cluster": "cluster-0001",
        "tasks": [task["taskArn"] for task in stage.tasks(cluster=names(stage)[0])],
    }
    written = json.loads(stage.plane.answer(HERE, "DescribeTasks", question))
    assert written == stage.plane.handle(HERE, "DescribeTasks", question)
