from typing import Any

from tests.sandbox.ecs.stage import NETWORK, Json, Stage


def run(stage: Stage, definition: str, **params: Any) -> Json:
    """One Fargate task."""
    answer = stage.call(
        "RunTask",
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        **params,
    )
    task: Json = answer["tasks"][0]
    return task


def statuses(stage: Stage, arn: str, seconds: int) -> list[str]:
    """The states that a task passes through, each once."""
    seen: list[str] = []
    for _ in range(seconds * 4):
        status = stage.task(arn)["lastStatus"]
        if not seen or seen[-1] != status:
            seen.append(status)
        stage.step(0.25)
    return seen


def test_a_fargate_task_walks_from_provisioning_to_running(stage: Stage) -> None:
    stage.cluster()
    task = run(stage, stage.register_fargate())
    assert task["lastStatus"] == "PROVISIONING"
    assert statuses(stage, task["taskArn"], 20) == ["PROVISIONING", "PENDING", "RUNNING"]
    running = stage.task(task["taskArn"])
    assert running["createdAt"] < running["pullStartedAt"] < running["pullStoppedAt"] < running["startedAt"]
    assert running["containers"][0]["lastStatus"] == "RUNNING"


def test_a_stopped_task_walks_to_stopped_with_the_reason_given(stage: Stage) -> None:
    stage.cluster()
    arn = run(stage, stage.register_fargate())["taskArn"]
    stage.step(20)
    stage.call("StopTask", cluster="shop", task=arn, reason="no longer wanted")
    assert statuses(stage, arn, 10) == ["STOPPING", "DEPROVISIONING", "STOPPED"]
    stopped = stage.task(arn)
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "no longer wanted")
    assert stopped["containers"][0]["exitCode"] == 0
    assert stopped["stoppingAt"] <= stopped["executionStoppedAt"] < stopped["stoppedAt"]


def test_each_change_of_a_task_raises_its_version(stage: Stage) -> None:
    stage.cluster()
    arn = run(stage, stage.register_fargate())["taskArn"]
    versions: dict[str, int] = {}
    for _ in range(80):
        task = stage.task(arn)
        versions.setdefault(task["lastStatus"], task["version"])
        stage.step(0.25)
    assert versions["PROVISIONING"] < versions["PENDING"] < versions["RUNNING"]


def test_a_stopped_task_is_forgotten_after_an_hour(stage: Stage) -> None:
    stage.cluster()
    arn = run(stage, stage.register_fargate())["taskArn"]
    stage.call("StopTask", cluster="shop", task=arn)
    stage.step(3500)
    assert stage.task(arn)["lastStatus"] == "STOPPED"
    stage.step(200)
    assert stage.call("DescribeTasks", cluster="shop", tasks=[arn])["failures"] == [{"arn": arn, "reason": "MISSING"}]


def test_an_awsvpc_task_has_an_interface_of_its_own_while_it_lives(stage: Stage) -> None:
    stage.cluster()
    arn = run(stage, stage.register_fargate())["taskArn"]
    stage.step(20)
    attachment = stage.task(arn)["attachments"][0]
    details = {detail["name"]: detail["value"] for detail in attachment["details"]}
    assert attachment["status"] == "ATTACHED"
    assert details["networkInterfaceId"] in stage.aws.interfaces
    container = stage.task(arn)["containers"][0]
    assert container["networkInterfaces"][0]["privateIpv4Address"] == details["privateIPv4Address"]
    stage.call("StopTask", cluster="shop", task=arn)
    stage.step(10)
    assert stage.aws.interfaces == {}
    assert stage.task(arn)["attachments"][0]["status"] == "DELETED"


def test_a_batch_task_ends_by_itself_with_the_exit_code_of_its_command(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate(container={"command": ["sh", "-c", "sleep 5; exit 3"]})
    arn = run(stage, definition)["taskArn"]
    stage.step(40)
    task = stage.task(arn)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 3


def test_a_command_override_takes_the_place_of_the_command(stage: Stage) -> None:
    stage.cluster()
    override = {"containerOverrides": [{"name": "web", "command": ["true"]}]}
    arn = run(stage, stage.register_fargate(), overrides=override)["taskArn"]
    stage.step(30)
    task = stage.task(arn)
    assert task["containers"][0]["exitCode"] == 0
    assert task["overrides"]["containerOverrides"] == override["containerOverrides"]


def test_a_size_override_is_what_the_task_gets_if_fargate_offers_it(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    task = run(stage, definition, overrides={"cpu": "1 vCPU", "memory": "2 GB"})
    assert (task["cpu"], task["memory"]) == ("1024", "2048")
    place = {"cluster": "shop", "taskDefinition": definition, "launchType": "FARGATE"}
    error = stage.refused("RunTask", **place, networkConfiguration=NETWORK, overrides={"memory": "999"})
    assert "No Fargate configuration exists" in error.message


def test_an_image_for_batch_work_ends_well_after_a_while(stage: Stage) -> None:
    stage.cluster()
    arn = run(stage, stage.register_fargate("example/batch-report:2"))["taskArn"]
    stage.step(15)
    assert stage.task(arn)["lastStatus"] == "RUNNING"
    stage.step(45)
    assert stage.task(arn)["containers"][0]["exitCode"] == 0


def test_a_shell_that_ignores_sigterm_is_killed_after_its_stop_timeout(stage: Stage) -> None:
    stage.cluster()
    container = {"command": ["sleep", "1000"], "stopTimeout": 12}
    arn = run(stage, stage.register_fargate(container=container))["taskArn"]
    stage.step(20)
    stage.call("StopTask", cluster="shop", task=arn)
    stage.step(11)
    assert stage.task(arn)["lastStatus"] == "STOPPING"
    stage.step(6)
    task = stage.task(arn)
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 137)


def test_a_side_container_may_end_without_the_task(stage: Stage) -> None:
    stage.cluster()
    containers = [
        {"name": "web", "image": "nginx", "memory": 128},
        {"name": "setup", "image": "setup", "memory": 64, "essential": False, "command": ["true"]},
    ]
    arn = run(stage, stage.register_fargate(containers=containers))["taskArn"]
    stage.step(30)
    task = stage.task(arn)
    by_name = {container["name"]: container for container in task["containers"]}
    assert task["lastStatus"] == "RUNNING"
    assert by_name["setup"]["lastStatus"] == "STOPPED"
    assert by_name["setup"]["exitCode"] == 0


def test_containers_start_in_the_order_of_their_dependencies(stage: Stage) -> None:
    stage.cluster()
    containers = [
        {
            "name": "web",
            "image": "wordpress",
            "memory": 128,
            "dependsOn": [
                {"containerName": "db", "condition": "HEALTHY"},
                {"containerName": "migrate", "condition": "SUCCESS"},
            ],
        },
        {"name": "db", "image": "mysql", "memory": 256, "healthCheck": {"command": ["CMD", "ping"], "interval": 20}},
        {"name": "migrate", "image": "migrate", "memory": 64, "essential": False, "command": ["true"]},
    ]
    arn = run(stage, stage.register_fargate(containers=containers, memory="512"))["taskArn"]
    stage.step(15)
    task = stage.task(arn)
    states = {container["name"]: container["lastStatus"] for container in task["containers"]}
    assert (task["lastStatus"], states["db"], states["web"]) == ("PENDING", "RUNNING", "PENDING")
    stage.step(25)
    task = stage.task(arn)
    assert (task["lastStatus"], task["healthStatus"]) == ("RUNNING", "HEALTHY")


def test_tasks_are_listed_by_what_they_are(stage: Stage) -> None:
    stage.cluster()
    mine = run(stage, stage.register_fargate(), startedBy="nightly")["taskArn"]
    other = run(stage, stage.register_fargate(family="other"))["taskArn"]
    stage.call("StopTask", cluster="shop", task=other)
    assert stage.call("ListTasks", cluster="shop")["taskArns"] == [mine]
    assert stage.call("ListTasks", cluster="shop", desiredStatus="STOPPED")["taskArns"] == [other]
    assert stage.call("ListTasks", cluster="shop", startedBy="nightly")["taskArns"] == [mine]
    assert stage.call("ListTasks", cluster="shop", family="other")["taskArns"] == []
    assert stage.call("ListTasks", cluster="shop", launchType="EC2")["taskArns"] == []
    assert stage.refused("ListTasks", cluster="shop", serviceName="web").code == "ServiceNotFoundException"


def test_a_client_token_runs_a_task_once(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    first = run(stage, definition, clientToken="abc")["taskArn"]
    assert run(stage, definition, clientToken="abc")["taskArn"] == first
    assert len(stage.tasks()) == 1
    error = stage.refused(
        "RunTask",
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        clientToken="abc",
        count=2,
    )
    assert error.code == "ConflictException"


def test_run_task_refuses_bad_input(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    place: Json = {"cluster": "shop", "taskDefinition": definition, "launchType": "FARGATE"}
    assert "Network Configuration must be provided" in stage.refused("RunTask", **place).message
    place["networkConfiguration"] = NETWORK
    assert stage.refused("RunTask", **place, count=11).code == "InvalidParameterException"
    assert stage.refused("RunTask", **place, platformVersion="9.9.9").code == "PlatformUnknownException"
    override = {"containerOverrides": [{"name": "nobody"}]}
    assert "not a container in the TaskDefinition" in stage.refused("RunTask", **place, overrides=override).message
    assert stage.refused("RunTask", **place, group="service:web").message == "Invalid namespace for group."
    place["taskDefinition"] = "nothing:1"
    assert stage.refused("RunTask", **place).message == "TaskDefinition not found."


def test_a_subnet_or_security_group_that_does_not_exist_is_named(stage: Stage) -> None:
    stage.cluster()
    place = {"cluster": "shop", "taskDefinition": stage.register_fargate(), "launchType": "FARGATE"}
    for network, words in [
        ({"subnets": ["subnet-x"]}, "The subnet ID 'subnet-x' does not exist"),
        ({"subnets": ["subnet-a"], "securityGroups": ["sg-x"]}, "The security group 'sg-x' does not exist"),
        ({"subnets": ["subnet-a", "subnet-other"]}, "same VPC"),
    ]:
        error = stage.refused("RunTask", **place, networkConfiguration={"awsvpcConfiguration": network})
        assert words in error.message


def test_a_role_that_ecs_can_not_assume_is_refused(stage: Stage) -> None:
    stage.cluster()
    role = "arn:aws:iam::111111111111:role/gone"
    stage.aws.missing_roles.add(role)
    error = stage.refused(
        "RunTask",
        cluster="shop",
        taskDefinition=stage.register_fargate(taskRoleArn=role),
        launchType="FARGATE",
        networkConfiguration=NETWORK,
    )
    assert error.code == "ClientException"
    assert f"ECS was unable to assume the role '{role}'" in error.message


def test_tags_come_from_the_call_the_definition_and_ecs(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate(tags=[{"key": "team", "value": "web"}])
    task = run(
        stage,
        definition,
        propagateTags="TASK_DEFINITION",
        enableECSManagedTags=True,
        tags=[{"key": "why", "value": "test"}],
    )
    tags = {tag["key"]: tag["value"] for tag in task["tags"]}
    assert tags == {"team": "web", "why": "test", "aws:ecs:clusterName": "shop"}


def test_execute_command_needs_to_be_enabled_and_answers_a_session(stage: Stage) -> None:
    stage.cluster()
    definition = stage.register_fargate()
    closed, opened = run(stage, definition), run(stage, definition, enableExecuteCommand=True)
    stage.step(20)
    spec = {"cluster": "shop", "command": "sh", "interactive": True}
    assert "execute command was not enabled" in stage.refused("ExecuteCommand", **spec, task=closed["taskArn"]).message
    session = stage.call("ExecuteCommand", **spec, task=opened["taskArn"])["session"]
    assert session["streamUrl"].startswith("wss://")
    agent = stage.task(opened["taskArn"])["containers"][0]["managedAgents"][0]
    assert (agent["name"], agent["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")


def test_a_task_reference_must_look_like_one(stage: Stage) -> None:
    stage.cluster()
    assert "length should be one of" in stage.refused("StopTask", cluster="shop", task="abc").message
    assert stage.refused("StopTask", cluster="shop", task="0" * 32).message == "The referenced task was not found."
    assert stage.refused("DescribeTasks", cluster="shop", tasks=[]).message == "Tasks cannot be empty."
    assert stage.refused("DescribeTasks", cluster="shop", tasks=["0" * 32] * 101).code == "InvalidParameterException"
