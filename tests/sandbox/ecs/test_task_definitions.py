from tests.sandbox.ecs.stage import NETWORK, ROLE, Stage

WEB = {"name": "web", "image": "nginx:1.27", "memory": 128}
FARGATE = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": ROLE,
}


def test_each_registration_is_a_new_revision_and_no_number_is_used_twice(stage: Stage) -> None:
    assert stage.register().endswith(":task-definition/web:1")
    second = stage.register()
    stage.call("DeregisterTaskDefinition", taskDefinition=second)
    stage.call("DeleteTaskDefinitions", taskDefinitions=[second])
    stage.step(90)
    assert stage.register().endswith(":task-definition/web:3")


def test_a_family_alone_means_its_latest_active_revision(stage: Stage) -> None:
    first, second = stage.register(), stage.register()
    assert stage.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["taskDefinitionArn"] == second
    stage.call("DeregisterTaskDefinition", taskDefinition="web:2")
    assert stage.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["taskDefinitionArn"] == first


def test_a_description_fills_in_the_defaults(stage: Stage) -> None:
    arn = stage.register(container={"portMappings": [{"containerPort": 80}], "healthCheck": {"command": ["CMD", "x"]}})
    body = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    container = body["containerDefinitions"][0]
    assert container["essential"] is True
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]
    assert container["healthCheck"] == {"command": ["CMD", "x"], "interval": 30, "timeout": 5, "retries": 3}
    assert body["compatibilities"] == ["EXTERNAL", "EC2"]


def test_sizes_may_be_written_with_their_units(stage: Stage) -> None:
    arn = stage.register_fargate(cpu=".25 vCPU", memory="0.5 GB")
    body = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    assert (body["cpu"], body["memory"]) == ("256", "512")


def test_tags_are_told_only_when_asked_for(stage: Stage) -> None:
    arn = stage.register(tags=[{"key": "team", "value": "web"}])
    assert "tags" not in stage.call("DescribeTaskDefinition", taskDefinition=arn)
    assert stage.call("DescribeTaskDefinition", taskDefinition=arn, include=["TAGS"])["tags"][0]["key"] == "team"


def test_revisions_and_families_are_listed_by_status(stage: Stage) -> None:
    first, second = stage.register(), stage.register()
    other = stage.register(family="worker")
    stage.call("DeregisterTaskDefinition", taskDefinition=other)
    assert stage.call("ListTaskDefinitions")["taskDefinitionArns"] == [first, second]
    assert stage.call("ListTaskDefinitions", sort="DESC")["taskDefinitionArns"] == [second, first]
    assert stage.call("ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"] == [other]
    assert stage.call("ListTaskDefinitionFamilies")["families"] == ["web", "worker"]
    assert stage.call("ListTaskDefinitionFamilies", status="ACTIVE")["families"] == ["web"]
    assert stage.call("ListTaskDefinitionFamilies", familyPrefix="wor", status="INACTIVE")["families"] == ["worker"]


def test_only_a_deregistered_revision_is_deleted(stage: Stage) -> None:
    arn = stage.register()
    assert stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])["failures"][0]["arn"] == arn
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    deleted = stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])["taskDefinitions"][0]
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    stage.step(90)
    assert stage.refused("DescribeTaskDefinition", taskDefinition=arn).message == "Unable to describe task definition."


def test_a_deleted_revision_stays_while_a_service_uses_it(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register_fargate()
    stage.fargate_service(arn)
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    stage.call("DeleteTaskDefinitions", taskDefinitions=[arn])
    stage.step(90)
    described = stage.call("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    assert described["status"] == "DELETE_IN_PROGRESS"


def test_an_inactive_revision_starts_nothing(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register()
    stage.call("DeregisterTaskDefinition", taskDefinition=arn)
    error = stage.refused("RunTask", cluster="shop", taskDefinition=arn)
    assert (error.code, error.message) == ("ClientException", "TaskDefinition is inactive")


def test_a_definition_for_instances_only_does_not_run_on_fargate(stage: Stage) -> None:
    stage.cluster()
    arn = stage.register()
    error = stage.refused(
        "RunTask", cluster="shop", taskDefinition=arn, launchType="FARGATE", networkConfiguration=NETWORK
    )
    assert error.message == "Task definition does not support launch_type FARGATE."
