"""A service in trouble, as a person sees it: the reason, what to do, and that the entry leaves when it is well."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import TIMEOUT_MS

NAME = "wobbly"
PLACE = {"cluster": "shop", "service": NAME}


@pytest.fixture
def ecs(live_app: LiveApp) -> Iterator[Any]:
    """Create a service with three revisions: a good one, one that crashes after its start, one that does not start."""
    ecs = live_app.sandbox.client("ecs")
    for tag in ("1", "crash", "exits"):
        web = {"name": "web", "image": f"registry.example/wobbly:{tag}", "essential": True}
        ecs.register_task_definition(
            family=NAME, containerDefinitions=[web], requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
            cpu="256", memory="512",
        )  # fmt: skip
    subnets = [each["SubnetId"] for each in live_app.sandbox.client("ec2").describe_subnets()["Subnets"]]
    ecs.create_service(
        cluster="shop", serviceName=NAME, taskDefinition=f"{NAME}:1", desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets[:1], "assignPublicIp": "ENABLED"}},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )  # fmt: skip
    yield ecs
    ecs.delete_service(**PLACE, force=True)


def test_a_person_reads_why_a_service_fails_and_the_entry_leaves_when_it_is_well(page: Page, ecs: Any) -> None:
    page.goto("/")
    entry = page.locator("#attention .problem-line", has_text=NAME)
    steady = page.locator(f'.square[href$="/services/shop/{NAME}/"]')
    expect(steady).to_have_attribute("title", f"{NAME}: Steady, 1 of 1 tasks")

    ecs.update_service(**PLACE, taskDefinition=f"{NAME}:2")
    expect(entry).to_contain_text("Tasks failing", timeout=TIMEOUT_MS)
    expect(entry).to_contain_text("The essential container web exited with code 1")
    entry.get_by_role("link", name=NAME, exact=True).click()
    problem = page.locator("#trouble-of-service")
    expect(problem).to_contain_text("tasks: same cause")
    problem.get_by_text("Evidence").click()
    expect(problem).to_contain_text("Container web (essential): exit code 1")
    expect(problem).to_contain_text(f"Before it, {NAME}:1 ran.")

    ecs.update_service(**PLACE, taskDefinition=f"{NAME}:1")
    page.goto("/")
    expect(entry).to_have_count(0, timeout=TIMEOUT_MS)

    ecs.update_service(**PLACE, taskDefinition=f"{NAME}:3")
    expect(entry).to_contain_text(f"Deployment of {NAME}:3 rolled back", timeout=TIMEOUT_MS)
    expect(entry).to_contain_text("tasks: same cause: The essential container web exited with code 1")
    entry.get_by_role("button", name="Seen").click()
    expect(page.locator("#attention")).to_be_visible()
    expect(entry).to_have_count(0)
