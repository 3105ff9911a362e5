"""Tasks that cannot start: no route to the registry, no file system."""

from tests.sandbox.ecs.stage import NETWORK, Json, Stage

ECR_IMAGE = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/shop/web:5"


def stopped(stage: Stage, definition: str) -> Json:
    stage.cluster()
    stage.call("RunTask", cluster="shop", taskDefinition=definition, launchType="FARGATE", networkConfiguration=NETWORK)
    stage.step(30)
    task = stage.tasks("STOPPED")[0]
    assert task["stopCode"] == "TaskFailedToStart"
    return task


def test_a_task_without_a_route_cannot_ask_ecr_for_its_token(stage: Stage) -> None:
    stage.aws.closed_subnets = {"subnet-a", "subnet-b"}
    reason = stopped(stage, stage.register_fargate(ECR_IMAGE))["stoppedReason"]
    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot")


def test_a_task_without_a_route_cannot_read_the_manifest_of_a_public_image(stage: Stage) -> None:
    stage.aws.closed_subnets = {"subnet-a", "subnet-b"}
    reason = stopped(stage, stage.register_fargate())["stoppedReason"]
    assert reason.startswith("CannotPullContainerError: pull image manifest has been retried 5 time(s)")


def test_a_task_does_not_start_without_its_file_system(stage: Stage) -> None:
    stage.aws.mount_problems["fs-gone"] = 'Failed to resolve "fs-gone.efs.eu-central-1.amazonaws.com"'
    files = [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-gone"}}]
    reason = stopped(stage, stage.register_fargate(volumes=files))["stoppedReason"]
    assert reason.startswith("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes")
