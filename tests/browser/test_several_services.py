"""Three services selected in the list, one image deployed to them: each ends with its own result."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS

NAMES = ("many-a", "many-b", "many-c")
BROKEN = "many-b"


@pytest.fixture
def services(live_app: LiveApp) -> Iterator[None]:
    """Create three services with the same image; new tasks of BROKEN cannot pull it."""
    ecs = live_app.sandbox.client("ecs")
    subnets = [each["SubnetId"] for each in live_app.sandbox.client("ec2").describe_subnets()["Subnets"]]
    for name in NAMES:
        app: Any = {"name": "app", "image": "registry.example/many:1", "essential": True}
        ecs.register_task_definition(
            family=name, containerDefinitions=[app], requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
            cpu="256", memory="512",
        )  # fmt: skip
        ecs.create_service(
            cluster="shop", serviceName=name, taskDefinition=f"{name}:1", desiredCount=1, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets[:1], "assignPublicIp": "ENABLED"}},
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        )  # fmt: skip
    yield
    live_app.sandbox.set_fault("image-missing", on=False)
    for name in NAMES:
        ecs.delete_service(cluster="shop", service=name, force=True)


def test_each_of_three_services_has_its_own_result(page: Page, live_app: LiveApp, services: None) -> None:
    page.goto(f"{SCOPE_PATH}/task-definitions/?q=many")  # the form offers the containers of what is known
    for name in NAMES:
        expect(page.locator("tr[data-row]", has_text=name)).to_be_visible(timeout=TIMEOUT_MS)
    page.goto(f"{SCOPE_PATH}/services/?q=name:many")
    rows = page.locator("#services tr[data-row]")
    for name in NAMES:
        expect(rows.filter(has_text=name)).to_contain_text("Steady", timeout=TIMEOUT_MS)
    live_app.sandbox.set_fault("image-missing", on=True, pattern=f"service:{BROKEN}")
    for name in NAMES:
        rows.filter(has_text=name).get_by_role("checkbox").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Deploy", exact=True).click()

    expect(page.get_by_role("checkbox", name="registry.example/many:1")).to_have_count(3)
    for box in page.get_by_role("checkbox", name="registry.example/many:1").all():
        expect(box).to_be_checked()
    page.get_by_label("Image tag or digest").fill("2")
    page.get_by_label("Stop after this number of failures").fill("3")
    page.get_by_role("button", name="Review").click()

    expect(page.locator(".plan-summary")).to_have_text("Deploy 2 to 3 services")
    for name in NAMES:
        expect(page.locator("#prediction")).to_contain_text(name)
        expect(page.locator(".diff tr", has_text=f"{name}: ")).to_contain_text("registry.example/many:2")
    expect(page.locator("#confirm-button")).to_be_enabled(timeout=TIMEOUT_MS)
    page.locator("#confirm-button").click()

    for name in NAMES:
        result = page.locator(f'#items [data-item="{name}"]')
        expect(result).to_contain_text("Failed" if name == BROKEN else "Succeeded", timeout=TIMEOUT_MS)
    failed = page.locator(f'#items [data-item="{BROKEN}"]')
    expect(failed).to_contain_text("ECS rolled back to many-b:1.")
    expect(failed).to_contain_text("The image registry.example/many:2 does not exist.")
    expect(page.locator("main")).to_contain_text("Failed: many-b. Succeeded: many-a, many-c.")
    failed.get_by_role("link", name=BROKEN).click()
    expect(page.locator("h1")).to_contain_text(BROKEN)
