"""A review says whether tasks reach what they need before they start, and whether their load balancer reaches them."""

from typing import Any

import pytest
from django.utils import timezone

from clusters.models import SecurityGroup, Subnet, Vpc
from ecsdash.access.models import User
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from services.models import LoadBalancer, TargetGroup, TaskDefinition
from services.planning.load_balancing.checks import group_checks
from services.planning.network import balancer_checks, route_checks
from tests.services.definitions import SECRET, container
from tests.services.simulated_services import IN_SERVICE, SimulatedServices
from tests.services.simulated_tasks import LOGS, SimulatedTasks

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1"
ENDPOINTS = ["ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"]
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/front/1"


class Network(SimulatedTasks):
    """Rows of a network in the inventory, without AWS."""

    def row(self, model: Any, name: str, **columns: Any) -> Any:
        where = {"account": self.scope.account, "region": self.scope.region, "observed_at": timezone.now()}
        return model.objects.create(**{"arn": f"arn:aws:ec2:x:{name}", "name": name, **where, **columns})

    def subnet(self, name: str, route: str | None, endpoints: Any = (), **more: Any) -> None:
        zone = {"vpc_id": "vpc-1", "availability_zone": "eu-central-1a"}
        self.row(Subnet, name, default_route=route, endpoints=list(endpoints), **zone, **more)

    def routes(self, user: User, image: str, *, public_ip: bool = False) -> list[Check]:
        secrets = [{"name": "PASSWORD", "valueFrom": SECRET}]
        web = container("web", image, secrets=secrets, logConfiguration=LOGS)
        definition = TaskDefinition(network_mode="awsvpc", description={"containerDefinitions": [web]})
        names = list(Subnet.objects.values_list("name", flat=True))
        data = {"subnets": names, "compute": "FARGATE", "assign_public_ip": public_ip}
        return list(route_checks(ActionContext(self.scope, user), definition, data))

    def reached(self, user: User, port: int) -> list[Level]:
        network = {"awsvpcConfiguration": {"subnets": ["subnet-a"], "securityGroups": ["sg-web"]}}
        entry = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": port}
        document = {"networkConfiguration": network, "loadBalancers": [entry]}
        definition = TaskDefinition(network_mode="awsvpc", description={})
        return [each.level for each in balancer_checks(ActionContext(self.scope, user), definition, document)]


@pytest.fixture
def network(stage_without_aws: SimulatedTasks) -> Network:
    return Network(stage_without_aws.scope, stage_without_aws.sandbox)


@pytest.mark.parametrize(
    ("route", "endpoints", "image", "public_ip", "problem"),
    [
        ("igw-1", [], "nginx:1", True, ""),
        ("nat-1", [], "nginx:1", False, ""),
        ("igw-1", [], "nginx:1", False, "its route leads to igw-1, which needs a public IP address."),
        ("", ENDPOINTS, "nginx:1", False, "it has no route to 0.0.0.0/0."),
        ("", ENDPOINTS, IMAGE, False, ""),
        ("", ENDPOINTS[1:], IMAGE, False, "it has no route to 0.0.0.0/0, and no VPC endpoint for ecr.api."),
    ],
)
def test_a_subnet_needs_a_route_to_what_the_tasks_ask_for(
    network: Network, operator: User, route: str, endpoints: list[str], image: str, public_ip: bool, problem: str
) -> None:
    network.subnet("subnet-a", route, endpoints)

    (found,) = network.routes(operator, image, public_ip=public_ip)

    assert found.level is (Level.WARN if problem else Level.OK)
    if problem:
        assert found.detail == f"subnet-a: {problem}"
        assert found.fix


def test_routes_that_are_not_known_are_not_judged(network: Network, operator: User) -> None:
    network.subnet("subnet-a", None, public=True)

    assert not network.routes(operator, "nginx:1", public_ip=True)
    assert [each.title for each in network.routes(operator, "nginx:1")] == [
        "The tasks have no public IP address in a public subnet"
    ]


def test_the_groups_of_the_tasks_admit_the_load_balancer(network: Network, operator: User) -> None:
    def rule(port: int, **more: Any) -> dict[str, Any]:
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **more}

    rules = [
        rule(8080, UserIdGroupPairs=[{"GroupId": "sg-front"}]),
        rule(8081, UserIdGroupPairs=[{"GroupId": "sg-other"}]),
        rule(8082, IpRanges=[{"CidrIp": "10.0.0.0/8"}]),
        rule(8083, IpRanges=[{"CidrIp": "192.168.1.0/24"}]),
    ]
    network.row(Vpc, "vpc-1", cidr="10.1.0.0/16")
    network.row(SecurityGroup, "sg-web", vpc_id="vpc-1", description={"IpPermissions": rules})
    network.row(TargetGroup, "web", arn=GROUP, load_balancer_arns=[BALANCER])
    network.row(LoadBalancer, "front", arn=BALANCER, description={"SecurityGroups": ["sg-front"]})

    found = [network.reached(operator, port) for port in (8080, 8081, 8082, 8083)]

    assert found == [[Level.OK], [Level.WARN], [Level.OK], [Level.WARN]]


@pytest.mark.parametrize(("port", "warned"), [("traffic-port", False), ("8080", False), ("9000", True)])
def test_the_health_check_asks_a_port_that_a_container_declares(
    network: Network, operator: User, port: str, warned: bool
) -> None:
    group = {"arn": GROUP, "load_balancer_arns": [BALANCER], "target_type": "ip"}
    network.row(TargetGroup, "web", description={"HealthCheckPort": port}, **group)
    web = container("web", portMappings=[{"containerPort": 8080}])
    definition = TaskDefinition(network_mode="awsvpc", description={"containerDefinitions": [web]})

    found = list(group_checks(ActionContext(network.scope, operator), [GROUP], definition))

    assert (found[0].level is Level.WARN and "asks port 9000" in found[0].title) is warned


def test_the_routes_of_aws_are_on_the_subnets(service_stage: SimulatedServices, deployer: User) -> None:
    """The default VPC has an internet gateway; a subnet with its own empty table has none."""
    service_stage.steady_service()
    ec2, (first, _) = service_stage.client("ec2"), service_stage.subnets()
    service_stage.sweep("routes")
    assert {row.default_route[:4] for row in Subnet.objects.all() if row.default_route} == {"igw-"}
    assert "The subnets have a route to what the tasks need before they start" in titles(service_stage, deployer)

    table = ec2.create_route_table(VpcId=Subnet.objects.get(name=first).vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=first)
    service_stage.sweep("routes")

    assert "No route to the registries from 1 subnet: images cannot be pulled" in titles(service_stage, deployer)


def titles(stage: SimulatedServices, user: User) -> list[str]:
    return [each.title for each in stage.review("force_new_deployment", user, {}, **IN_SERVICE).checks]
