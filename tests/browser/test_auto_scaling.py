"""Auto scaling in the browser: bounds, a policy that scales, its activity on the chart, a hold that ends by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, review, wait_for_operation
from tests.browser.test_service_changes import open_service, running_service


@pytest.fixture(scope="module")
def web_scaled(live_app: LiveApp) -> str:
    return running_service(live_app, "web-scaled", count=2)


def test_a_service_scales_by_its_load_and_is_held_for_a_time(
    operator: Page, web_scaled: str, live_app: LiveApp
) -> None:
    page, tab = operator, f"{SCOPE_PATH}/services/shop/{web_scaled}/scaling/"
    open_service(page, web_scaled)
    page.get_by_role("link", name="Auto scaling").click()
    page.get_by_role("link", name="Set up auto scaling").click()
    page.get_by_label("Minimum tasks").fill("1")
    page.get_by_label("Maximum tasks").fill("6")
    submit(page)

    page.goto(tab)
    page.get_by_role("link", name="Add target tracking").click()
    page.get_by_label("Target value").fill("20")
    submit(page)
    page.goto(tab)
    expect(page.get_by_role("region", name="Scaling policies")).to_contain_text("Keeps it at 20 %")

    done = page.get_by_role("region", name="Scaling activities").get_by_text("Setting desired count to")
    expect(done.first).to_be_visible(timeout=TIMEOUT_MS)
    chart = page.locator("#scaling-chart")
    chart.get_by_text("Show as table").click()
    expect(chart.locator("table.plain")).to_contain_text("Setting desired count to")

    hold(page, tab, number=4)
    assert bounds(live_app, web_scaled) == (4, 4)
    page.goto(tab)
    expect(page.get_by_text("The bounds come back by themselves")).to_be_visible()
    expect(page.get_by_text("The bounds come back by themselves")).to_have_count(0, timeout=TIMEOUT_MS)
    assert bounds(live_app, web_scaled) == (1, 6)


def submit(page: Page) -> None:
    review(page)
    confirm(page)
    wait_for_operation(page)


def hold(page: Page, tab: str, number: int) -> None:
    """Hold a number of tasks for about half a minute."""
    page.goto(tab)
    page.get_by_role("link", name="Hold at a number").click()
    page.get_by_label("Tasks", exact=True).fill(str(number))
    page.get_by_label("For", exact=True).select_option("until")
    page.get_by_label("Until (UTC)").fill(f"{timezone.now() + timedelta(seconds=30):%Y-%m-%d %H:%M:%S}")
    review(page)
    confirm(page)
    expect(page.get_by_text("Cancelling the operation ends the wait at once")).to_be_visible()


def bounds(app: LiveApp, service: str) -> tuple[int, int]:
    aws = app.sandbox.client("application-autoscaling")
    found = aws.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[f"service/shop/{service}"])
    [target] = found["ScalableTargets"]
    return target["MinCapacity"], target["MaxCapacity"]
