from tests.sandbox import aws
from tests.sandbox.conftest import Sandbox

LONG_ENOUGH = 40


def test_an_instance_joins_the_cluster_of_its_user_data_after_a_while(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    profile = {"Name": aws.instance_profile(sandbox)}
    [instance_id] = aws.run_instances(sandbox, "shop", IamInstanceProfile=profile)
    sandbox.step(5)
    assert aws.container_instances(sandbox, "shop") == []
    sandbox.step(LONG_ENOUGH)
    [joined] = aws.container_instances(sandbox, "shop")
    assert (joined["ec2InstanceId"], joined["status"], joined["agentConnected"]) == (instance_id, "ACTIVE", True)
    cpu = next(each for each in joined["registeredResources"] if each["name"] == "CPU")
    assert cpu["integerValue"] == 2048


def test_an_instance_without_a_profile_never_joins(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    aws.run_instances(sandbox, "shop")
    sandbox.step(LONG_ENOUGH)
    assert aws.container_instances(sandbox, "shop") == []


def test_an_instance_waits_for_its_cluster_to_exist(sandbox: Sandbox) -> None:
    aws.run_instances(sandbox, "late", IamInstanceProfile={"Name": aws.instance_profile(sandbox)})
    sandbox.step(LONG_ENOUGH)
    sandbox.client("ecs").create_cluster(clusterName="late")
    sandbox.step(2)
    assert len(aws.container_instances(sandbox, "late")) == 1


def test_a_terminated_instance_leaves_the_cluster(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    ids = aws.run_instances(sandbox, "shop", IamInstanceProfile={"Name": aws.instance_profile(sandbox)})
    sandbox.step(LONG_ENOUGH)
    sandbox.client("ec2").terminate_instances(InstanceIds=ids)
    sandbox.step(2)
    assert aws.container_instances(sandbox, "shop") == []


def test_a_group_that_is_scaled_out_brings_container_instances_and_takes_them_back(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    aws.auto_scaling_group(sandbox, template, desired=1)
    sandbox.step(LONG_ENOUGH)
    assert len(aws.container_instances(sandbox, "shop")) == 1
    scaling = sandbox.client("autoscaling")
    scaling.set_desired_capacity(AutoScalingGroupName=template, DesiredCapacity=3)
    sandbox.step(LONG_ENOUGH)
    assert len(aws.container_instances(sandbox, "shop")) == 3
    scaling.set_desired_capacity(AutoScalingGroupName=template, DesiredCapacity=0)
    sandbox.step(2)
    assert aws.container_instances(sandbox, "shop") == []


def test_a_group_replaces_an_instance_that_was_terminated(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    aws.auto_scaling_group(sandbox, template, desired=1)
    sandbox.step(LONG_ENOUGH)
    [before] = aws.container_instances(sandbox, "shop")
    sandbox.client("ec2").terminate_instances(InstanceIds=[before["ec2InstanceId"]])
    sandbox.step(LONG_ENOUGH)
    [after] = aws.container_instances(sandbox, "shop")
    assert after["ec2InstanceId"] != before["ec2InstanceId"]


def test_a_task_that_finds_no_room_makes_its_capacity_provider_bring_an_instance(sandbox: Sandbox) -> None:
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="shop")
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    group = aws.auto_scaling_group(sandbox, template, desired=0, maximum=2)
    scaling = {"status": "ENABLED", "targetCapacity": 100}
    ecs.create_capacity_provider(
        name="on-ec2", autoScalingGroupProvider={"autoScalingGroupArn": group, "managedScaling": scaling}
    )
    strategy = [{"capacityProvider": "on-ec2", "weight": 1}]
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["on-ec2"], defaultCapacityProviderStrategy=strategy
    )
    container = {"name": "job", "image": "shop/web:1", "cpu": 1024, "memory": 512, "essential": True}
    ecs.register_task_definition(family="job", containerDefinitions=[container])
    [task] = ecs.run_task(cluster="shop", taskDefinition="job", capacityProviderStrategy=strategy)["tasks"]
    assert task["lastStatus"] == "PROVISIONING"
    sandbox.step(240)
    [task] = ecs.describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"]
    assert task["lastStatus"] == "RUNNING"
    [instance] = aws.container_instances(sandbox, "shop")
    assert instance["capacityProviderName"] == "on-ec2"
