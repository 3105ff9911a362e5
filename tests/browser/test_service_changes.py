"""Changes of running services in the browser: scale, deploy, failed deployment, undo, roll back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TextRecorder, confirm, open_form, review, wait_for_operation

REPOSITORY = "public.ecr.aws/nginx/nginx"
ROLLOUT = ".rollout h2"
OLD_SQUARES = ".rollout-part.old .square"


@pytest.fixture(scope="module")
def web_steps(live_app: LiveApp) -> str:
    """A service that dora's team may deploy."""
    return running_service(live_app, "web-steps", count=2)


@pytest.fixture(scope="module")
def api_steps(live_app: LiveApp) -> str:
    return running_service(live_app, "api-steps", count=1)


def running_service(app: LiveApp, name: str, count: int) -> str:
    """Create a service in AWS directly, not through the product. Return its name."""
    ecs, ec2 = app.sandbox.client("ecs"), app.sandbox.client("ec2")
    container: dict[str, Any] = {"name": "main", "image": f"{REPOSITORY}:1.0", "essential": True}
    ecs.register_task_definition(
        family=name, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[container],
    )  # fmt: skip
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    ecs.create_service(
        cluster="shop", serviceName=name, taskDefinition=name, desiredCount=count, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )  # fmt: skip
    return name


@contextmanager
def without_capacity(app: LiveApp) -> Iterator[None]:
    """Prevent new tasks from starting until the end of the block, so that a deployment stays in progress."""
    app.sandbox.set_fault("no-capacity", on=True)
    try:
        yield
    finally:
        app.sandbox.set_fault("no-capacity", on=False)


def test_a_deployer_scales_and_deploys_the_teams_services(deployer: Page, web_steps: str, live_app: LiveApp) -> None:
    scale(deployer, web_steps, to=3)
    observer = deployer.context.new_page()
    open_service(observer, web_steps)
    expect(observer.locator(".square")).to_have_count(3)
    states = TextRecorder.begin(observer, ROLLOUT)
    with without_capacity(live_app):
        deploy(deployer, web_steps, tag="1.1")
        states.until("Deployment in progress")
        expect(observer.locator(OLD_SQUARES)).to_have_count(3)
    wait_for_operation(deployer)
    expect(observer.get_by_role("link", name="web-steps:2").first).to_be_visible()
    assert states.until("Deployment") == ["Deployment", "Deployment in progress"]
    expect(observer.locator(OLD_SQUARES)).to_have_count(0)


def test_a_deployer_sees_no_services_of_other_teams(deployer: Page) -> None:
    deployer.goto(f"{SCOPE_PATH}/clusters/shop/services/")
    expect(deployer.get_by_role("link", name="web", exact=True)).to_be_visible()
    expect(deployer.get_by_role("link", name="checkout", exact=True)).to_have_count(0)
    expect(deployer.get_by_role("link", name="Create cluster")).to_have_count(0)


def test_a_failed_deployment_shows_the_cause_and_the_previous_one_is_undone(operator: Page, api_steps: str) -> None:
    deploy(operator, api_steps, tag="1.1")
    wait_for_operation(operator)
    good = operator.url
    deploy(operator, api_steps, tag="exits")
    wait_for_operation(operator, "Failed")
    expect(operator.get_by_role("alert")).to_contain_text("rolled back to api-steps:2")
    expect(operator.get_by_role("alert")).to_contain_text("exited with code 1")
    operator.goto(good)
    operator.get_by_role("button", name="Undo: deploy api-steps:1 again").click()
    confirm(operator)
    wait_for_operation(operator)
    expect_revision(operator, api_steps, "api-steps:1")
    roll_back(operator, api_steps, to="api-steps:2")


def open_service(page: Page, service: str) -> None:
    """Open a service through the list of its cluster, in which it appears without a reload."""
    page.goto(f"{SCOPE_PATH}/clusters/shop/services/")
    page.get_by_role("link", name=service, exact=True).click()
    expect(page.get_by_role("heading", name=service, level=1)).to_be_visible()


def scale(page: Page, service: str, to: int) -> None:
    """Scale a service. In a development account, a reversible action needs no confirmation."""
    open_service(page, service)
    page.get_by_role("link", name="Scale").click()
    page.get_by_label("Desired tasks").fill(str(to))
    page.get_by_role("button", name=f"Scale to {to}").click()
    page.wait_for_url("**/operations/*/")
    wait_for_operation(page)


def deploy(page: Page, service: str, tag: str) -> None:
    open_service(page, service)
    open_form(page, f"services/shop/{service}/deploy/", "Image tag of main")
    page.get_by_label("Image tag of main").fill(tag)
    review(page)
    confirm(page)


def roll_back(page: Page, service: str, to: str) -> None:
    open_form(page, f"services/shop/{service}/rollback/", to)
    page.get_by_label("Revision").select_option(index=0)
    review(page)
    confirm(page)
    wait_for_operation(page)
    expect_revision(page, service, to)


def expect_revision(page: Page, service: str, revision: str) -> None:
    open_service(page, service)
    part = page.locator(".rollout-part:not(.old)")
    expect(part.get_by_role("link", name=revision)).to_be_visible()
    expect(part).to_contain_text("1 of 1 running")
