"""What ECS itself creates in other services: instances of Managed Instances, resources of Express services."""

from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox

ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"


def test_managed_instances_appear_in_ec2_and_are_terminated(sandbox: Sandbox) -> None:
    ecs, ec2 = sandbox.client("ecs"), sandbox.client("ec2")
    sandbox.client("iam").create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument="{}")
    ecs.create_cluster(clusterName="shop")
    network = {"subnets": aws.subnets(sandbox)[:2]}
    template = {
        "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
        "networkConfiguration": network,
        "instanceRequirements": {"vCpuCount": {"min": 4}, "memoryMiB": {"min": 8192}},
    }
    ecs.create_capacity_provider(
        name="managed",
        cluster="shop",
        managedInstancesProvider={"infrastructureRoleArn": ROLE, "instanceLaunchTemplate": template},
    )
    containers = [{"name": "web", "image": "web:1", "cpu": 256, "memory": 512}]
    ecs.register_task_definition(family="web", networkMode="awsvpc", containerDefinitions=containers)
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=3,
        capacityProviderStrategy=[{"capacityProvider": "managed", "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": network},
    )
    sandbox.step(120)
    [instance] = aws.container_instances(sandbox, "shop")
    [[described]] = [
        reservation["Instances"]
        for reservation in ec2.describe_instances(InstanceIds=[instance["ec2InstanceId"]])["Reservations"]
    ]
    assert described["InstanceType"].endswith(".xlarge")
    assert {"Key": "AmazonECSManaged", "Value": "true"} in described["Tags"]
    assert ecs.describe_services(cluster="shop", services=["web"])["services"][0]["runningCount"] == 3
    ecs.delete_service(cluster="shop", service="web", force=True)
    sandbox.step(600)
    assert aws.container_instances(sandbox, "shop") == []
    [after] = ec2.describe_instances(InstanceIds=[instance["ec2InstanceId"]])["Reservations"]
    assert after["Instances"][0]["State"]["Name"] == "terminated"


def test_the_site_of_an_express_service_opens_and_scales(sandbox: Sandbox) -> None:
    ecs = sandbox.client("ecs")
    sandbox.client("iam").create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument="{}")
    made = ecs.create_express_gateway_service(
        serviceName="web",
        infrastructureRoleArn=ROLE,
        executionRoleArn=ROLE,
        primaryContainer={"image": "web:1", "containerPort": 8080},
    )["service"]
    sandbox.step(240)
    endpoint = made["activeConfigurations"][0]["ingressPaths"][0]["endpoint"]
    assert sandbox.get(endpoint.removeprefix("http://").partition(":")[0])[0] == 200
    scaling = sandbox.client("application-autoscaling")
    [target] = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["ResourceId"], target["MaxCapacity"]) == ("service/default/web", 20)
    ecs.delete_express_gateway_service(serviceArn=made["serviceArn"])
    assert sandbox.client("elbv2").describe_load_balancers()["LoadBalancers"] == []


def test_the_targets_of_vpc_lattice_are_listed(sandbox: Sandbox) -> None:
    lattice, vpc = sandbox.client("vpc-lattice"), sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    sandbox.client("iam").create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument="{}")
    config = {"port": 80, "protocol": "HTTP", "vpcIdentifier": vpc}
    group = lattice.create_target_group(name="web", type="IP", config=config)
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "web", "web:1", port=8080)
    connection = {"roleArn": ROLE, "targetGroupArn": group["arn"], "portName": "web"}
    shop.service(sandbox, "web", vpcLatticeConfigurations=[connection])
    sandbox.step(60)
    [target] = lattice.list_targets(targetGroupIdentifier=group["id"])["items"]
    assert (target["port"], target["status"]) == (8080, "HEALTHY")
