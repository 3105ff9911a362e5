"""A capacity provider of ECS Managed Instances is created in the form, runs a task, is edited and deleted."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, open_form, review, wait_for_operation
from tests.browser.service_form import choose, document, field, fill, open_section
from tests.processes import until

TEMPLATE = "/managedInstancesProvider/instanceLaunchTemplate"
REQUIREMENTS = f"{TEMPLATE}/instanceRequirements"
PROFILE = "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"
NAME = "managed-live"


def test_a_provider_is_created_runs_a_task_is_edited_and_deleted(page: Page, live_app: LiveApp) -> None:
    open_form(page, "clusters/shop/capacity/managed-instances/", "ecsInfrastructureRole")
    expect(field(page, f"{TEMPLATE}/ec2InstanceProfileArn")).to_have_value(PROFILE)
    fill(page, {"/name": NAME, f"{REQUIREMENTS}/vCpuCount/min": "1", f"{REQUIREMENTS}/memoryMiB/min": "1 GB"})
    choose(page, f"{TEMPLATE}/networkConfiguration/securityGroups", including="shop-tasks")
    open_section(page, "Optimization, repair and reservations")
    fill(page, {"/managedInstancesProvider/infrastructureOptimization/scaleInAfter": "60"})
    until(lambda: document(page)["managedInstancesProvider"].get("infrastructureOptimization") == {"scaleInAfter": 60})
    review(page)
    expect(page.locator("#calls")).to_contain_text("ecs.create_capacity_provider")
    confirm(page)
    wait_for_operation(page)
    task = run_task(live_app)
    page.goto(f"{SCOPE_PATH}/clusters/shop/capacity/")
    page.get_by_role("link", name=NAME).click(timeout=TIMEOUT_MS)
    expect(page.get_by_role("row", name="shop").first).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.locator("dl")).to_contain_text(["1024 MiB"])
    edit(page)
    live_app.sandbox.client("ecs").stop_task(cluster="shop", task=task)
    delete(page)


def run_task(app: LiveApp) -> str:
    """Run a task on the provider. Its instance is launched for it."""
    ecs = app.sandbox.client("ecs")
    ecs.register_task_definition(
        family="managed-tool", networkMode="awsvpc", requiresCompatibilities=["MANAGED_INSTANCES"], cpu="256",
        memory="512", containerDefinitions=[{"name": "app", "image": "public.ecr.aws/nginx/nginx:1.0"}],
    )  # fmt: skip
    subnets = app.sandbox.client("ec2").describe_subnets()["Subnets"]
    answer = ecs.run_task(
        cluster="shop", taskDefinition="managed-tool",
        capacityProviderStrategy=[{"capacityProvider": NAME, "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnets[0]["SubnetId"]]}},
    )  # fmt: skip
    return str(answer["tasks"][0]["taskArn"])


def edit(page: Page) -> None:
    page.get_by_role("link", name="Edit Managed Instances provider").click()
    expect(field(page, f"{REQUIREMENTS}/memoryMiB/min")).to_have_value("1024")
    expect(field(page, f"{TEMPLATE}/capacityOptionType")).to_have_count(0)
    fill(page, {f"{TEMPLATE}/monitoring": "DETAILED"})
    until(lambda: document(page)["managedInstancesProvider"]["instanceLaunchTemplate"].get("monitoring") == "DETAILED")
    review(page)
    expect(page.get_by_role("main")).to_contain_text("Detailed: every minute")
    confirm(page)
    wait_for_operation(page)


def delete(page: Page) -> None:
    page.goto(f"{SCOPE_PATH}/capacity-providers/{NAME}/delete/")
    review(page)
    page.locator("#confirm-name").fill(NAME)
    confirm(page)
    wait_for_operation(page)
