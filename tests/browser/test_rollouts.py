"""Deployments that other tools began, and the way back to an earlier state, as a user goes through them."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.definition_form import add_variable, field
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, open_form, review, wait_for_operation
from tests.browser.test_service_changes import REPOSITORY, open_service, running_service
from tests.services.shifting import canary, two_target_groups

CANARY, CHANGED = "web-canary", "web-changed"


def canary_service(app: LiveApp) -> None:
    """Create a service whose deployments shift traffic between two target groups."""
    ecs, ec2 = app.sandbox.client("ecs"), app.sandbox.client("ec2")
    for tag in ("1.0", "1.1", "1.2"):
        container = {
            "name": "main", "image": f"{REPOSITORY}:{tag}", "essential": True, "portMappings": [{"containerPort": 80}],
        }  # fmt: skip
        ecs.register_task_definition(
            family=CANARY, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
            containerDefinitions=[container],
        )  # fmt: skip
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    ecs.create_service(
        cluster="shop", serviceName=CANARY, taskDefinition=f"{CANARY}:1", desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        loadBalancers=[two_target_groups(app.sandbox.client, CANARY, "main")],
        deploymentConfiguration={"strategy": "CANARY", "bakeTimeInMinutes": 0},
    )  # fmt: skip


def begin(app: LiveApp, revision: int, **waits: Any) -> None:
    """Start a canary deployment with a pause, not through the product."""
    app.sandbox.client("ecs").update_service(
        cluster="shop", service=CANARY, taskDefinition=f"{CANARY}:{revision}", deploymentConfiguration=canary(**waits)
    )


def test_a_canary_begun_elsewhere_is_continued_and_the_next_one_is_stopped(deployer: Page, live_app: LiveApp) -> None:
    page, panel = deployer, deployer.locator(".rollout")
    canary_service(live_app)
    open_service(page, CANARY)
    expect(panel.get_by_role("heading", name="Deployment", exact=True)).to_be_visible(timeout=TIMEOUT_MS)

    begin(live_app, 2, wait=1, bake=0)
    expect(panel.locator("#paused")).to_contain_text("Without a decision ECS rolls back", timeout=TIMEOUT_MS)
    expect(panel.locator("[aria-current=step]")).to_contain_text("Post test traffic shift")
    expect(split(page, "Production")).to_have_accessible_name(
        f"Production traffic: New {CANARY}:2 0 %, Old {CANARY}:1 100 %"
    )
    expect(page.locator("#traffic").get_by_role("link")).to_contain_text("elb.localhost")
    expect(page.locator("#hooks")).to_contain_text("Pause Awaiting action")
    expect(panel.locator(".rollout-part.old .square.ok")).to_have_count(1)
    expect(panel.locator(".rollout-part:not(.old) .square.ok")).to_have_count(1)
    decide(page)
    expect(panel.get_by_role("link", name=f"{CANARY}:2")).to_be_visible()
    expect(panel.get_by_role("heading", name="Deployment", exact=True)).to_be_visible(timeout=TIMEOUT_MS)

    begin(live_app, 3, wait=1000)
    expect(panel.locator("#paused")).to_be_visible(timeout=TIMEOUT_MS)
    decide(page)
    expect(page.locator("#countdown")).to_contain_text("ECS shifts the rest of the traffic in", timeout=TIMEOUT_MS)
    expect(split(page, "Production")).to_have_accessible_name(
        f"Production traffic: New {CANARY}:3 10 %, Old {CANARY}:2 90 %"
    )
    page.get_by_role("button", name="Stop deployment").click()
    expect(page.locator("#checks")).to_contain_text(f"ECS rolls the service back to {CANARY}:2")
    confirm(page)
    wait_for_operation(page)
    page.goto(f"{SCOPE_PATH}/services/shop/{CANARY}/deployments/")
    page.get_by_role("row").filter(has_text="Rollback successful").get_by_role("link").first.click()
    expect(page.locator("#stages li.reached")).to_contain_text("Production traffic shift")


def split(page: Page, kind: str) -> Locator:
    return page.locator("#traffic").get_by_role("img", name=f"{kind} traffic")


def decide(page: Page) -> None:
    """Continue the paused deployment, and return to the page of the service."""
    page.get_by_role("link", name="Continue or roll back").click()
    expect(page.get_by_role("radio", name="Continue the deployment")).to_be_checked()
    expect(page.get_by_role("figure")).to_contain_text("current")
    review(page)
    confirm(page)
    wait_for_operation(page)
    open_service(page, CANARY)


def test_environment_and_size_are_deployed_compared_and_taken_back(operator: Page, live_app: LiveApp) -> None:
    page, service = operator, f"services/shop/{CHANGED}"
    running_service(live_app, CHANGED, count=1)
    open_service(page, CHANGED)
    open_form(page, f"{service}/restore/", f"{CHANGED}:1")

    page.goto(f"{SCOPE_PATH}/{service}/deploy/changes/")
    add_variable(page, 0, "STAGE", "canary")
    field(page, "/cpu").fill("512")
    field(page, "/memory").fill("1024")
    review(page)
    expect(page.get_by_role("table").filter(has_text="cpu").first).to_contain_text("512")
    expect(page.locator("#prediction")).to_contain_text("Tasks to start: 1. Tasks to stop: 1.")
    expect(page.locator("#prediction figure")).to_contain_text("Starts 1 new task beside the one that runs.")
    confirm(page)
    wait_for_operation(page)

    live_app.sandbox.client("ecs").update_service(cluster="shop", service=CHANGED, enableExecuteCommand=True)
    page.goto(f"{SCOPE_PATH}/{service}/history/")
    moments = page.locator(".history > li")
    expect(moments.filter(has_text="Deploy web-changed with a changed task definition")).to_contain_text("by otto")
    expect(moments.filter(has_text="UpdateService").first).to_contain_text("by moto", timeout=TIMEOUT_MS)
    page.goto(f"{SCOPE_PATH}/{service}/history/?kind=steady")
    choose_oldest(page.locator("select[name=before]"))
    page.get_by_role("button", name="Compare").click()
    differences = page.get_by_role("region", name="difference")
    expect(differences).to_contain_text(f"{CHANGED}:2")

    open_form(page, f"{service}/restore/", f"{CHANGED}:1")
    choose_oldest(page.get_by_label("Restore point"))
    review(page)
    confirm(page)
    wait_for_operation(page)
    open_service(page, CHANGED)
    expect(page.locator(".rollout-part:not(.old)").get_by_role("link", name=f"{CHANGED}:1")).to_be_visible()


def choose_oldest(points: Locator) -> None:
    points.select_option(index=points.locator("option").count() - 1)
