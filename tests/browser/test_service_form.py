"""A service is created and edited later, with every group of fields, in one form."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, confirm, open_form, review, wait_for_operation
from tests.browser.service_form import (
    CONNECT,
    NETWORK,
    add,
    add_new_balancer,
    choose,
    document,
    field,
    fill,
    open_section,
)
from tests.processes import Sandbox, until
from tests.services.test_unknown_things import function
from tests.users import REGION

FAMILY = "form-web"
RARE = "form-rare"
DEPLOYMENT = "/deploymentConfiguration"
EXPRESSION, DISK = "/placementConstraints/0/expression", "/volumeConfigurations/0/managedEBSVolume"
STEP = f"{DEPLOYMENT}/linearConfiguration/stepPercent"


def prepare(app: LiveApp) -> None:
    """Register the task definition and create the namespace of Service Connect."""
    container: dict[str, Any] = {
        "name": "main", "image": "public.ecr.aws/nginx/nginx:1.0", "essential": True,
        "portMappings": [{"containerPort": 80, "name": "http"}],
    }  # fmt: skip
    app.sandbox.client("ecs").register_task_definition(
        family=FAMILY, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[container],
    )  # fmt: skip
    app.sandbox.client("servicediscovery").create_http_namespace(Name="shop")
    app.sandbox.client("cloudwatch").put_metric_alarm(
        AlarmName="errors", Namespace="Shop", MetricName="Errors", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip


def refresh(app: LiveApp) -> None:
    """Read what was created, instead of waiting for the next refresh of the options."""
    app.shell(
        "from ecsdash.inventory.models import Account\nfrom ecsdash.inventory.scope import Scope\n"
        "from ecsdash.inventory.sweeps.run import sweep_now\n"
        f"sweep_now(Scope(Account.objects.get(alias='demo'), '{REGION}'), 'namespaces', 'alarms', 'functions', 'roles')"
    )


def test_a_service_is_created_and_later_edited_with_every_group_of_fields(operator: Page, live_app: LiveApp) -> None:
    prepare(live_app)
    refresh(live_app)
    open_form(operator, "clusters/shop/services/new/", f"{FAMILY}:1")
    fill_new(operator)
    review(operator)
    for call in ("ec2.create_security_group", "elbv2.create_target_group", "ecs.create_service"):
        expect(operator.locator("#calls")).to_contain_text(call)
    confirm(operator)
    wait_for_operation(operator)
    edit(operator)


def fill_new(page: Page) -> None:
    fill(page, {"/serviceName": FAMILY, "/taskDefinition": f"{FAMILY}:1", "/platformVersion": "1.4.0"})
    choose(page, f"{NETWORK}/securityGroups", including="shop-tasks")
    fill(page, {f"{DEPLOYMENT}/minimumHealthyPercent": "50"})
    open_section(page, "Circuit breaker thresholds")
    threshold = f"{DEPLOYMENT}/deploymentCircuitBreaker/thresholdConfiguration"
    fill(page, {f"{threshold}/type": "COUNT", f"{threshold}/value": "5"})
    open_section(page, "CloudWatch alarms")
    fill(page, {f"{DEPLOYMENT}/alarms/alarmNames": "errors"})
    fill(page, {f"{DEPLOYMENT}/alarms/enable": "true", f"{DEPLOYMENT}/alarms/rollback": "true"})
    open_section(page, "Service Connect")
    fill(page, {f"{CONNECT}/enabled": "true", f"{CONNECT}/namespace": "shop"})
    add(page, "Add port", f"{CONNECT}/services/0/portName")
    fill(page, {f"{CONNECT}/services/0/portName": "http", f"{CONNECT}/services/0/clientAliases/0/port": "80"})
    add(page, "Add tag", "/tags/0/key")
    fill(page, {"/tags/0/key": "team", "/tags/0/value": "shop"})
    until(lambda: document(page).get("tags") == [{"key": "team", "value": "shop"}])
    open_section(page, "New security group")
    page.get_by_label("Create a security group for the tasks").check()
    page.get_by_label("Inbound rules").fill("tcp 80 10.0.0.0/8")
    add_new_balancer(page)
    page.get_by_label("Deregistration delay").fill("5")


def edit(page: Page) -> None:
    """Change the service, and find what was set before."""
    page.goto(f"{SCOPE_PATH}/services/shop/{FAMILY}/edit/")
    expect(field(page, f"{CONNECT}/services/0/portName")).to_have_value("http")
    expect(field(page, f"{DEPLOYMENT}/alarms/alarmNames")).to_have_value("errors")
    expect(field(page, "/loadBalancers/0/containerPort")).to_have_value("80")
    fill(page, {"/desiredCount": "2", "/enableExecuteCommand": "true", "/healthCheckGracePeriodSeconds": "30"})
    fill(page, {"/tags/0/value": "web"})
    until(lambda: document(page)["tags"][0]["value"] == "web")
    review(page)
    expect(page.locator("#calls")).to_contain_text("ecs.update_service")
    expect(page.locator("#calls")).to_contain_text("ecs.tag_resource")
    confirm(page)
    wait_for_operation(page)


def prepare_rare_groups(sandbox: Sandbox) -> dict[str, str]:
    """Create what the rarer groups name. Return their ARNs."""
    vpc = next(each["VpcId"] for each in sandbox.client("ec2").describe_vpcs()["Vpcs"] if each["IsDefault"])
    container: dict[str, Any] = {
        "name": "main", "image": "public.ecr.aws/nginx/nginx:1.0", "essential": True, "memory": 128,
        "portMappings": [{"containerPort": 80, "name": "http"}],
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
    }  # fmt: skip
    sandbox.client("ecs").register_task_definition(
        family=RARE, networkMode="awsvpc", requiresCompatibilities=["EC2"], containerDefinitions=[container],
        volumes=[{"name": "data", "configuredAtLaunch": True}],
    )  # fmt: skip
    cloud_map = sandbox.client("servicediscovery")
    cloud_map.create_private_dns_namespace(Name="rare.internal", Vpc=vpc)
    space = next(each for each in cloud_map.list_namespaces()["Namespaces"] if each["Name"] == "rare.internal")
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    made = cloud_map.create_service(Name="web", NamespaceId=space["Id"], DnsConfig=records)["Service"]
    config = {"port": 80, "protocol": "HTTP", "vpcIdentifier": vpc}
    lattice = sandbox.client("vpc-lattice").create_target_group(name="rare", type="IP", config=config)
    return {
        "registry": made["Arn"], "lattice": lattice["arn"], "function": function(sandbox),
        "hook role": "arn:aws:iam::123456789012:role/hooks",
    }  # fmt: skip


def test_the_rarer_groups_are_created_and_later_edited(page: Page, live_app: LiveApp) -> None:
    """Discovery, VPC Lattice, EBS volumes, placement, hooks, linear shifting. The service runs no tasks."""
    arns = prepare_rare_groups(live_app.sandbox)
    refresh(live_app)
    open_form(page, "clusters/shop/services/new/", f"{RARE}:1")
    fill(page, {"/serviceName": RARE, "/taskDefinition": f"{RARE}:1", "/launchType": "EC2", "/desiredCount": "0"})
    fill_rare_groups(page, arns)
    run(page)
    created = described(live_app)
    assert created["serviceRegistries"] == [{"registryArn": arns["registry"]}]
    (hook,) = created["deploymentConfiguration"]["lifecycleHooks"]
    assert (hook["hookTargetArn"], hook["lifecycleStages"]) == (arns["function"], ["POST_SCALE_UP"])
    assert rare_values(created) == ("attribute:ecs.os-type == linux", 10, 25.0, arns["lattice"])

    page.goto(f"{SCOPE_PATH}/services/shop/{RARE}/edit/")
    for place, value in ((EXPRESSION, "attribute:ecs.os-type == linux"), (f"{DISK}/sizeInGiB", "10"), (STEP, "25")):
        expect(field(page, place)).to_have_value(value)
    fill(page, {EXPRESSION: "attribute:ecs.os-type == windows", f"{DISK}/sizeInGiB": "20", STEP: "50"})
    until(lambda: rare_values(document(page))[:3] == ("attribute:ecs.os-type == windows", 20, 50))
    run(page)
    assert rare_values(described(live_app)) == ("attribute:ecs.os-type == windows", 20, 50.0, arns["lattice"])


def fill_rare_groups(page: Page, arns: dict[str, str]) -> None:
    role = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
    lattice, hook = "/vpcLatticeConfigurations/0", f"{DEPLOYMENT}/lifecycleHooks/0"
    groups: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("Service discovery", "Add Cloud Map service", {"/serviceRegistries/0/registryArn": arns["registry"]}),
        ("VPC Lattice", "Add VPC Lattice target group", {
            f"{lattice}/targetGroupArn": arns["lattice"], f"{lattice}/roleArn": role, f"{lattice}/portName": "http",
        }),
        ("EBS volumes", "Add volume", {
            "/volumeConfigurations/0/name": "data", f"{DISK}/roleArn": role, f"{DISK}/sizeInGiB": "10",
        }),
        ("Placement and Availability Zones", "Add placement constraint", {
            EXPRESSION: "attribute:ecs.os-type == linux",
        }),
        ("Traffic shifting: bake times", "Add Lambda function", {
            f"{hook}/hookTargetArn": arns["function"], f"{hook}/roleArn": arns["hook role"],
        }),
    )  # fmt: skip
    for title, button, values in groups:
        open_section(page, title)
        add(page, button, next(iter(values)))
        fill(page, values)
    open_section(page, "Service Connect")
    fill(page, {f"{CONNECT}/enabled": "true", f"{CONNECT}/namespace": "rare.internal"})
    add(page, "Add port", f"{CONNECT}/services/0/portName")
    fill(page, {f"{CONNECT}/services/0/portName": "http", f"{CONNECT}/services/0/clientAliases/0/port": "80"})
    fill(page, {f"{DEPLOYMENT}/strategy": "LINEAR", f"{DEPLOYMENT}/bakeTimeInMinutes": "5"})
    expect(field(page, STEP)).to_be_visible()
    fill(page, {STEP: "25", f"{DEPLOYMENT}/linearConfiguration/stepBakeTimeInMinutes": "1"})
    until(lambda: document(page)["deploymentConfiguration"].get("linearConfiguration", {}).get("stepPercent") == 25)
    expect(page.locator("#deployment-time-line figcaption")).to_contain_text("At least 8 min, all of it bake time.")


def run(page: Page) -> None:
    review(page)
    confirm(page)
    wait_for_operation(page)


def described(app: LiveApp) -> dict[str, Any]:
    found = app.sandbox.client("ecs").describe_services(cluster="shop", services=[RARE])["services"]
    service: dict[str, Any] = found[0]
    volumes = service["deployments"][0].get("volumeConfigurations", [])
    lattice = service["deployments"][0].get("vpcLatticeConfigurations", [])
    return {**service, "volumeConfigurations": volumes, "vpcLatticeConfigurations": lattice}


def rare_values(service: dict[str, Any]) -> tuple[Any, ...]:
    return (
        service["placementConstraints"][0]["expression"],
        service["volumeConfigurations"][0]["managedEBSVolume"]["sizeInGiB"],
        service["deploymentConfiguration"]["linearConfiguration"]["stepPercent"],
        service["vpcLatticeConfigurations"][0]["targetGroupArn"],
    )
