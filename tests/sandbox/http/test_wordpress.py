"""Whether the page of a WordPress container finds its database: by name, by private address, in the same task."""

from typing import Any

import pytest

from tests.sandbox import aws, shop
from tests.sandbox.conftest import REGION, Sandbox

SHOP = "shop.elb.localhost"


def wordpress(sandbox: Sandbox, host: str) -> None:
    shop.site(sandbox, "wordpress:6.6", environment=[{"name": "WORDPRESS_DB_HOST", "value": host}])


def test_wordpress_says_when_it_finds_no_database(sandbox: Sandbox) -> None:
    wordpress(sandbox, "mysql.shop.local")
    sandbox.step(shop.SETTLED)
    status, page, _ = sandbox.get(SHOP)
    assert status == 500
    assert "Error establishing a database connection" in page


def test_wordpress_welcomes_once_cloud_map_knows_its_database(sandbox: Sandbox) -> None:
    cloud_map = sandbox.client("servicediscovery")
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    cloud_map.create_private_dns_namespace(Name="shop.local", Vpc=vpc)
    namespace = cloud_map.list_namespaces()["Namespaces"][0]["Id"]
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    registry = cloud_map.create_service(Name="mysql", NamespaceId=namespace, DnsConfig=records)["Service"]
    wordpress(sandbox, "mysql.shop.local:3306")
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    shop.service(sandbox, "mysql", serviceRegistries=[{"registryArn": registry["Arn"]}])
    sandbox.step(shop.SETTLED)
    status, page, _ = sandbox.get(SHOP)
    assert status == 200
    assert "WordPress installation" in page
    [instance] = cloud_map.list_instances(ServiceId=registry["Id"])["Instances"]
    assert instance["Attributes"]["AWS_INSTANCE_IPV4"].startswith("172.31.")


def test_wordpress_welcomes_once_both_are_connected_by_service_connect(sandbox: Sandbox) -> None:
    ecs, namespace = sandbox.client("ecs"), {"namespace": "shop"}
    ecs.create_cluster(clusterName="shop", serviceConnectDefaults=namespace)
    wordpress(sandbox, "mysql:3306")
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    aliases = [{"port": 3306, "dnsName": "mysql"}]
    connect = {"enabled": True, "services": [{"portName": "mysql", "clientAliases": aliases}]}
    shop.service(sandbox, "mysql", serviceConnectConfiguration=connect)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500
    ecs.update_service(cluster="shop", service="web", serviceConnectConfiguration={"enabled": True})
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 200
    ecs.update_service(cluster="shop", service="mysql", desiredCount=0)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500


@pytest.mark.parametrize(
    ("host", "client", "status"),
    [
        ("mysql:3306", {"enabled": True, "namespace": "shop"}, 200),
        ("mysql.shop:3306", {"enabled": True, "namespace": "shop"}, 200),
        ("mysql:3307", {"enabled": True, "namespace": "shop"}, 500),
        ("mysql:3306", {"enabled": True, "namespace": "bank"}, 500),
        ("mysql:3306", {"enabled": False}, 500),
    ],
    ids=["alias", "full name", "other port", "other namespace", "off"],
)
def test_a_name_of_service_connect_leads_to_its_port_inside_its_namespace(
    sandbox: Sandbox, host: str, client: dict[str, Any], status: int
) -> None:
    for name in ("shop", "bank"):
        sandbox.client("servicediscovery").create_http_namespace(Name=name)
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    served = [{"portName": "mysql", "clientAliases": [{"port": 3306, "dnsName": "mysql"}]}]
    server = {"enabled": True, "namespace": "shop", "services": served}
    shop.service(sandbox, "mysql", serviceConnectConfiguration=server)
    wordpress(sandbox, host)
    sandbox.client("ecs").update_service(cluster="shop", service="web", serviceConnectConfiguration=client)
    sandbox.step(2 * shop.SETTLED)
    assert sandbox.get(SHOP)[0] == status


def database(sandbox: Sandbox, **placement: Any) -> str:
    """Run a MySQL task and return its private address."""
    shop.register(sandbox, "mysql", "mysql:8", port=3306)
    network = {"subnets": aws.subnets(sandbox)[:1], **placement}
    [task] = sandbox.client("ecs").run_task(
        cluster="shop",
        taskDefinition="mysql",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    sandbox.step(60)
    [task] = sandbox.client("ecs").describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"]
    return str(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"])


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("{}", 200),
        ("{}:3306", 200),
        ("ip-{dashed}.eu-central-1.compute.internal", 200),
        ("{}:5432", 500),
        ("172.31.9.9", 500),
    ],
)
def test_wordpress_reaches_its_database_by_a_private_address(sandbox: Sandbox, spelling: str, status: int) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    address = database(sandbox)
    wordpress(sandbox, spelling.format(address, dashed=address.replace(".", "-")))
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == status


def test_a_stopped_database_does_not_answer_at_its_address(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    wordpress(sandbox, database(sandbox))
    [arn] = sandbox.client("ecs").list_tasks(cluster="shop", family="mysql")["taskArns"]
    sandbox.client("ecs").stop_task(cluster="shop", task=arn)
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500


def test_a_security_group_decides_who_reaches_the_database(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    sandbox.client("ecs").create_cluster(clusterName="shop")
    closed = ec2.create_security_group(GroupName="mysql", Description="closed")["GroupId"]
    wordpress(sandbox, database(sandbox, securityGroups=[closed]))
    sandbox.step(shop.SETTLED)
    assert sandbox.get(SHOP)[0] == 500
    [default] = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 3306,
        "ToPort": 3306,
        "UserIdGroupPairs": [{"GroupId": default["GroupId"]}],
    }
    ec2.authorize_security_group_ingress(GroupId=closed, IpPermissions=[permission])
    assert sandbox.get(SHOP)[0] == 200
    ec2.revoke_security_group_ingress(GroupId=closed, IpPermissions=[permission])
    assert sandbox.get(SHOP)[0] == 500
    ranges = [{"CidrIp": "172.31.0.0/16"}]
    ec2.authorize_security_group_ingress(
        GroupId=closed, IpPermissions=[permission | {"UserIdGroupPairs": [], "IpRanges": ranges}]
    )
    assert sandbox.get(SHOP)[0] == 200


def test_a_task_that_has_stopped_does_not_answer_for_its_old_address(sandbox: Sandbox) -> None:
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    small = sandbox.client("ec2").create_subnet(VpcId=vpc, CidrBlock="172.31.250.0/28", AvailabilityZone=f"{REGION}a")
    wordpress(sandbox, "localhost")
    ecs = sandbox.client("ecs")
    network = {"awsvpcConfiguration": {"subnets": [small["Subnet"]["SubnetId"]]}}
    for image in ("wordpress:6.6", "shop/web:1", "shop/web:2") * 4:  # more tasks than addresses
        shop.register(sandbox, "web", image, port=8080)
        ecs.update_service(
            cluster="shop", service="web", taskDefinition="web", networkConfiguration=network, forceNewDeployment=True
        )
        sandbox.step(shop.SETTLED)
    [task] = shop.tasks(sandbox, "web")
    page = sandbox.get(SHOP)[1]
    assert task["taskArn"].rpartition("/")[2] in page
