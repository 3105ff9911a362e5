"""Amazon EBS volumes that are configured at launch."""

from typing import Any

from tests.sandbox.ecs.stage import NETWORK, ROLE, Json, Stage

TAGS = [{"resourceType": "volume", "propagateTags": "SERVICE", "tags": [{"key": "disk", "value": "data"}]}]
VOLUME = {"sizeInGiB": 20, "volumeType": "gp3", "roleArn": ROLE, "tagSpecifications": TAGS}


def register(stage: Stage) -> str:
    mounts = {"mountPoints": [{"sourceVolume": "disk", "containerPath": "/disk"}]}
    return stage.register_fargate(volumes=[{"name": "disk", "configuredAtLaunch": True}], container=mounts)


def configured(**changes: Any) -> list[Json]:
    return [{"name": "disk", "managedEBSVolume": VOLUME | changes}]


def disk(task: Json) -> Json:
    [found] = [each for each in task["attachments"] if each["type"] == "AmazonElasticBlockStorage"]
    return {"status": found["status"], **{detail["name"]: detail["value"] for detail in found["details"]}}


def test_each_task_of_a_service_has_a_volume_of_its_own_while_it_lives(stage: Stage) -> None:
    stage.cluster()
    tags = [{"key": "team", "value": "web"}]
    stage.fargate_service(register(stage), volumeConfigurations=configured(), tags=tags)
    stage.step(30)
    tasks = stage.tasks()
    assert {disk(task)["volumeId"] for task in tasks} == set(stage.aws.volumes)
    assert len(stage.aws.volumes) == 2
    made = stage.aws.volumes[disk(tasks[0])["volumeId"]]
    assert (made["zone"], made["sizeInGiB"]) == (tasks[0]["availabilityZone"], 20)
    assert {"team": "web", "disk": "data"}.items() <= made["tags"].items()
    stage.call("UpdateService", cluster="shop", service="web", desiredCount=0)
    stage.step(30)
    assert stage.aws.volumes == {}
    assert disk(stage.tasks("STOPPED")[0])["status"] == "DELETED"


def test_a_standalone_task_may_leave_its_volume_behind(stage: Stage) -> None:
    stage.cluster()
    answer = stage.call(
        "RunTask",
        cluster="shop",
        taskDefinition=register(stage),
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        volumeConfigurations=configured(terminationPolicy={"deleteOnTermination": False}, tagSpecifications=[]),
    )
    assert disk(answer["tasks"][0])["status"] == "PRECREATED"
    stage.step(30)
    stage.call("StopTask", cluster="shop", task=answer["tasks"][0]["taskArn"])
    stage.step(60)
    assert list(stage.aws.volumes) == ["vol-00000001"]


def test_a_volume_that_cannot_be_created_stops_the_task(stage: Stage) -> None:
    stage.cluster()
    stage.aws.volume_problem = "The snapshot 'snap-1' does not exist."
    stage.fargate_service(register(stage), count=1, volumeConfigurations=configured())
    stage.step(20)
    reason = stage.tasks("STOPPED")[0]["stoppedReason"]
    assert reason.endswith("failed to create Amazon EBS volume 'disk': The snapshot 'snap-1' does not exist.")
