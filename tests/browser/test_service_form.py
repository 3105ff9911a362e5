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
from tests.processes import until

FAMILY = "form-web"
DEPLOYMENT = "/deploymentConfiguration"


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


def test_a_service_is_created_and_later_edited_with_every_group_of_fields(operator: Page, live_app: LiveApp) -> None:
    prepare(live_app)
    open_form(operator, "clusters/shop/services/new/", f"{FAMILY}:1")
    fill_new(operator)
    review(operator)
    for call in ("ec2.create_security_group", "elbv2.create_target_group", "ecs.create_service"):
        expect(operator.locator("#calls")).to_contain_text(call)
    confirm(operator)
    wait_for_operation(operator)
    edit(operator)
    see_every_group(operator)


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


def see_every_group(page: Page) -> None:
    """Fill the groups that the simulated AWS does not act on; the JSON has them at once."""
    page.goto(f"{SCOPE_PATH}/services/shop/{FAMILY}/edit/")
    for title, button, place in (
        ("Service discovery", "Add Cloud Map service", "/serviceRegistries/0/registryArn"),
        ("VPC Lattice", "Add VPC Lattice target group", "/vpcLatticeConfigurations/0/targetGroupArn"),
        ("EBS volumes", "Add volume", "/volumeConfigurations/0/name"),
        ("Placement and Availability Zones", "Add placement constraint", "/placementConstraints/0/expression"),
        ("Gateway and metrics resolution", "Add gateway connector", "/gatewayConnectors/0/portName"),
        ("Traffic shifting: bake times", "Add pause", f"{DEPLOYMENT}/lifecycleHooks/0/targetType"),
    ):
        open_section(page, title)
        add(page, button, place)
    fill(page, {f"{DEPLOYMENT}/strategy": "CANARY", "/schedulingStrategy": "DAEMON"})
    until(lambda: document(page).get("schedulingStrategy") == "DAEMON")
    wanted = document(page)
    assert {"serviceRegistries", "vpcLatticeConfigurations", "volumeConfigurations", "gatewayConnectors"} < set(wanted)
    expect(page.locator("#document-summary")).to_contain_text("A daemon has no number of desired tasks")
