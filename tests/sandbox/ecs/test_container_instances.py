from typing import Any

from tests.sandbox.ecs.stage import HERE, ROLE, Json, Stage


def described(stage: Stage, arn: str) -> Json:
    answer = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=[arn], include=["TAGS"])
    instance: Json = answer["containerInstances"][0]
    return instance


def resources(stage: Stage, arn: str, kind: str = "remainingResources") -> Json:
    return {item["name"]: item for item in described(stage, arn)[kind]}


def service_on_instances(stage: Stage, count: int = 2, **params: Any) -> None:
    definition = stage.register(container={"portMappings": [{"containerPort": 80}]})
    stage.call(
        "CreateService", cluster="shop", serviceName="web", taskDefinition=definition, desiredCount=count, **params
    )


def test_an_instance_that_launches_registers_with_its_resources(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance(1, "m5.large")
    instance = described(stage, arn)
    assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", True)
    assert instance["ec2InstanceId"] == "i-00000000000000001"
    assert resources(stage, arn, "registeredResources")["CPU"]["integerValue"] == 2048
    assert {"name": "ecs.instance-type", "value": "m5.large"} in instance["attributes"]
    cluster = stage.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert cluster["registeredContainerInstancesCount"] == 1


def test_an_instance_for_an_unknown_cluster_does_not_register(stage: Stage) -> None:
    arn = stage.plane.instance_launched(
        HERE, "i-1", "m5.large", "nowhere", subnet_id="subnet-a", zone="eu-central-1a", private_ip="10.0.0.9"
    )
    assert arn is None


def test_an_instance_registers_once(stage: Stage) -> None:
    stage.cluster()
    assert stage.instance(1) == stage.instance(1)


def test_a_task_takes_resources_and_gives_them_back(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    before = resources(stage, arn)
    definition = stage.register(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]})
    task = stage.call("RunTask", cluster="shop", taskDefinition=definition)["tasks"][0]
    taken = resources(stage, arn)
    assert taken["CPU"]["integerValue"] == before["CPU"]["integerValue"] - 128
    assert taken["MEMORY"]["integerValue"] == before["MEMORY"]["integerValue"] - 128
    assert "8080" in taken["PORTS"]["stringSetValue"]
    stage.call("StopTask", cluster="shop", task=task["taskArn"])
    stage.step(10)
    assert resources(stage, arn) == before


def test_a_dynamic_port_leads_from_the_host_to_the_container(stage: Stage) -> None:
    stage.cluster()
    stage.instance()
    definition = stage.register(container={"portMappings": [{"containerPort": 80}]})
    stage.call("RunTask", cluster="shop", taskDefinition=definition, count=2)
    stage.step(20)
    bindings = [task["containers"][0]["networkBindings"][0] for task in stage.tasks()]
    assert {binding["containerPort"] for binding in bindings} == {80}
    assert len({binding["hostPort"] for binding in bindings}) == 2
    assert all(binding["hostPort"] >= 32768 for binding in bindings)


def test_a_draining_instance_hands_its_service_tasks_over(stage: Stage) -> None:
    stage.cluster()
    first = stage.instance(1, zone="a")
    service_on_instances(stage)
    stage.step(30)
    second = stage.instance(2, zone="b")
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[first], status="DRAINING")
    least = 2
    for _ in range(60):
        stage.step(1)
        least = min(least, sum(task["lastStatus"] == "RUNNING" for task in stage.tasks()))
    assert least == 2
    assert {task["containerInstanceArn"] for task in stage.tasks()} == {second}
    assert described(stage, first)["runningTasksCount"] == 0


def test_a_draining_instance_keeps_tasks_that_no_service_owns(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register())
    stage.step(20)
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[arn], status="DRAINING")
    stage.step(60)
    assert described(stage, arn)["runningTasksCount"] == 1


def test_tasks_wait_for_a_place_until_an_instance_is_active_again(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[arn], status="DRAINING")
    service_on_instances(stage)
    stage.step(20)
    assert stage.service()["runningCount"] == 0
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[arn], status="ACTIVE")
    stage.step(30)
    assert stage.service()["runningCount"] == 2


def test_an_instance_with_tasks_is_deregistered_only_by_force(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    stage.call("RunTask", cluster="shop", taskDefinition=stage.register())
    stage.step(20)
    params = {"cluster": "shop", "containerInstance": arn}
    assert "Found running tasks" in stage.refused("DeregisterContainerInstance", **params).message
    gone = stage.call("DeregisterContainerInstance", **params, force=True)["containerInstance"]
    assert gone["status"] == "INACTIVE"
    assert stage.tasks("STOPPED")[0]["lastStatus"] == "STOPPED"
    assert stage.call("ListContainerInstances", cluster="shop")["containerInstanceArns"] == []


def test_a_terminated_instance_takes_its_tasks_along_and_they_are_replaced(stage: Stage) -> None:
    stage.cluster()
    first, second = stage.instance(1, zone="a"), stage.instance(2, zone="b")
    service_on_instances(stage, count=2)
    stage.step(30)
    stage.plane.instance_terminated(HERE, "i-00000000000000001")
    lost = stage.tasks("STOPPED")[0]
    assert lost["stoppedReason"] == "Host EC2 (instance i-00000000000000001) terminated."
    assert lost["containerInstanceArn"] == first
    stage.step(30)
    assert [task["containerInstanceArn"] for task in stage.tasks()] == [second, second]


def test_instances_are_filtered_by_status_and_expression(stage: Stage) -> None:
    stage.cluster()
    small, large = stage.instance(1, "t3.micro", "a"), stage.instance(2, "m5.large", "b")
    stage.call("UpdateContainerInstancesState", cluster="shop", containerInstances=[small], status="DRAINING")

    def listed(**params: str) -> list[str]:
        arns: list[str] = stage.call("ListContainerInstances", cluster="shop", **params)["containerInstanceArns"]
        return arns

    assert listed(status="DRAINING") == [small]
    assert listed(filter="attribute:ecs.instance-type == m5.large") == [large]
    assert listed(filter="attribute:ecs.instance-type =~ t3.*") == [small]
    assert listed(filter="attribute:ecs.availability-zone in [eu-central-1b, eu-central-1c]") == [large]
    assert listed(filter="attribute:ecs.instance-type != m5.large and agentConnected == true") == [small]
    assert set(listed(filter="ec2InstanceId == i-00000000000000001 or attribute:gpu exists")) == {small}
    assert listed(filter="not(attribute:ecs.instance-type == m5.large)") == [small]
    assert stage.refused("ListContainerInstances", cluster="shop", filter="size is big").message.startswith("Invalid")


def test_attributes_are_put_listed_and_deleted(stage: Stage) -> None:
    stage.cluster()
    arn = stage.instance()
    attribute = {"name": "stack", "value": "blue", "targetId": arn}
    stage.call("PutAttributes", cluster="shop", attributes=[attribute])
    query = {"cluster": "shop", "targetType": "container-instance", "attributeName": "stack"}
    assert stage.call("ListAttributes", **query)["attributes"] == [attribute]
    stage.call("DeleteAttributes", cluster="shop", attributes=[attribute])
    assert stage.call("ListAttributes", **query)["attributes"] == []
    unknown = attribute | {"targetId": "none"}
    assert stage.refused("PutAttributes", cluster="shop", attributes=[unknown]).code == "TargetNotFoundException"
    reserved = attribute | {"name": "ecs.os-type"}
    assert stage.refused("PutAttributes", cluster="shop", attributes=[reserved]).code == "InvalidParameterException"


def test_an_agent_registers_with_its_identity_document(stage: Stage) -> None:
    stage.cluster()
    document = '{"instanceId": "i-7", "instanceType": "t3.micro", "availabilityZone": "eu-central-1a"}'
    answer = stage.call("RegisterContainerInstance", cluster="shop", instanceIdentityDocument=document)
    assert answer["containerInstance"]["ec2InstanceId"] == "i-7"
    assert stage.refused("RegisterContainerInstance", cluster="shop", instanceIdentityDocument="").code


def test_unknown_instances_are_named(stage: Stage) -> None:
    stage.cluster()
    answer = stage.call("DescribeContainerInstances", cluster="shop", containerInstances=["none"])
    assert answer["failures"][0]["reason"] == "MISSING"
    error = stage.refused(
        "StartTask", cluster="shop", taskDefinition=stage.register(executionRoleArn=ROLE), containerInstances=["none"]
    )
    assert error.message == "The referenced container instance was not found."
