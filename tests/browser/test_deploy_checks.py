"""What would let a deployment fail is said in its review with what to do, and is well after it is mended."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, review
from tests.processes import Sandbox, until

NAME = "verified"
ROLE = "verifiedRole"
TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
NOUNS = "'subnets', 'routes', 'roles', 'secrets', 'task_definitions', 'container_instances', 'services', 'tasks'"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def sweep(app: LiveApp) -> None:
    app.shell(
        "from ecsdash.inventory.models import Account\nfrom ecsdash.inventory.scope import Scope\n"
        "from ecsdash.inventory.sweeps.run import sweep_now\n"
        f"sweep_now(Scope(Account.objects.get(alias='demo'), 'eu-central-1'), {NOUNS})"
    )


def subnet_without_route(sandbox: Sandbox) -> tuple[str, str]:
    """Return a new subnet of the default VPC and its empty route table."""
    ec2 = sandbox.client("ec2")
    vpc = next(each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each["IsDefault"])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="172.31.200.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return subnet, table


def create_service(sandbox: Sandbox, subnet: str) -> None:
    """Create the service on Fargate, whose role may not read its secret, and one with a host port on two instances."""
    iam, ecs = sandbox.client("iam"), sandbox.client("ecs")
    role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
    secret = sandbox.client("secretsmanager").create_secret(Name="verified/token", SecretString="not a real secret")
    web = {
        "name": "web", "image": "registry.example/verified:1", "essential": True, "memory": 128,
        "secrets": [{"name": "TOKEN", "valueFrom": secret["ARN"]}],
    }  # fmt: skip
    ecs.register_task_definition(
        family=NAME, containerDefinitions=[web], requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
        cpu="256", memory="512", executionRoleArn=role,
    )  # fmt: skip
    ecs.create_service(
        cluster="shop", serviceName=NAME, taskDefinition=NAME, desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}},
    )  # fmt: skip
    port = {"name": "web", "image": "nginx:1", "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 8099}]}
    ecs.register_task_definition(family="port", containerDefinitions=[port])
    ecs.create_service(cluster="batch", serviceName="port", taskDefinition="port", desiredCount=1, launchType="EC2")


def test_a_review_names_what_is_missing_and_is_well_after_it_is_mended(operator: Page, live_app: LiveApp) -> None:
    sandbox, page = live_app.sandbox, operator
    subnet, table = subnet_without_route(sandbox)
    create_service(sandbox, subnet)
    try:
        until(lambda: steady(sandbox, "batch", "port"), 60, every=1)
        sweep(live_app)
        checks = page.locator("#checks")
        page.goto(f"{SCOPE_PATH}/services/shop/{NAME}/force-new-deployment/")
        review(page)
        expect(checks).to_contain_text(f"The execution role {ROLE} may not read the secret verified/token")
        expect(checks).to_contain_text("Allow these actions in a policy of the role")
        expect(checks).to_contain_text("No route to the registries from 1 subnet: images cannot be pulled")
        expect(checks).to_contain_text(f"{subnet}: it has no route to 0.0.0.0/0.")
        expect(checks).to_contain_text("Choose subnets with a route to a gateway")
        expect(checks).to_contain_text("Not checked whether the image registry.example/verified:1 can be pulled")

        mend(sandbox, table)
        sweep(live_app)
        page.goto(f"{SCOPE_PATH}/services/shop/{NAME}/force-new-deployment/")
        review(page)
        expect(checks).to_contain_text(f"The execution role {ROLE} may do what the containers need")
        expect(checks).to_contain_text("The subnets have a route to what the tasks need before they start")
        expect(checks).not_to_contain_text("No route")

        page.goto(f"{SCOPE_PATH}/services/batch/port/scale/")
        page.get_by_label("Desired tasks").fill("3")
        review(page)
        expect(checks).to_contain_text("Only 1 of 2 tasks fits now")
        expect(checks).to_contain_text("port 8099/tcp is in use.")
        expect(checks).to_contain_text("Use host port 0 (dynamic)")
        expect(page.locator("#prediction")).to_contain_text("Tasks that find a container instance: 1 of 2.")
        checks.get_by_role("link").first.click()
        expect(page.locator("h1")).to_contain_text("i-")

        page.goto(f"{SCOPE_PATH}/services/batch/port/force-new-deployment/")
        review(page)
        expect(checks).to_contain_text("The task fits on the container instances of batch")
    finally:
        for cluster, service in (("shop", NAME), ("batch", "port")):
            sandbox.client("ecs").delete_service(cluster=cluster, service=service, force=True)


def mend(sandbox: Sandbox, table: str) -> None:
    """Allow the role to read the secret, and route the subnet to the internet gateway."""
    allowed = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    sandbox.client("iam").put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=policy(allowed))
    ec2 = sandbox.client("ec2")
    gateway = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def steady(sandbox: Sandbox, cluster: str, service: str) -> bool:
    found = sandbox.client("ecs").describe_services(cluster=cluster, services=[service])["services"][0]
    return bool(found["runningCount"] == found["desiredCount"])
