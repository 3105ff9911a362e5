"""A person looks at the metrics of the last days: chooses the time, zooms in, opens a marked event, reads the table."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS

CPU = "#cpu .u-over"
DAYS = 14


def measure(app: LiveApp) -> None:
    """Put the CPU utilization of the past days into CloudWatch, which has none from before the product began."""
    dimensions = [{"Name": "ClusterName", "Value": "shop"}, {"Name": "ServiceName", "Value": "checkout"}]
    begin = datetime.now(UTC) - timedelta(days=DAYS)
    data = [
        {"MetricName": "CPUUtilization", "Dimensions": dimensions, "Value": 20 + place % 48 // 2, "Unit": "Percent",
         "Timestamp": begin + timedelta(minutes=30 * place)}
        for place in range(48 * DAYS)
    ]  # fmt: skip
    for first in range(0, len(data), 150):
        app.sandbox.client("cloudwatch").put_metric_data(Namespace="AWS/ECS", MetricData=data[first : first + 150])


def test_somebody_zooms_in_on_what_happened_and_reads_the_numbers(operator: Page, live_app: LiveApp) -> None:
    measure(live_app)
    operator.goto(f"{SCOPE_PATH}/clusters/shop/services/")
    operator.get_by_role("link", name="checkout", exact=True).click(timeout=TIMEOUT_MS)
    operator.get_by_role("navigation", name="Service").get_by_role("link", name="Metrics").click()
    operator.get_by_role("navigation", name="Time shown").get_by_role("link", name="15d").click()
    expect(operator.locator(CPU)).to_be_visible(timeout=TIMEOUT_MS)
    mark = operator.locator("#cpu .chart-mark.deployment").first
    expect(mark).to_have_attribute("title", re.compile("Deployment of"), timeout=TIMEOUT_MS)
    expect(operator.get_by_role("region", name="Events in this time")).to_contain_text("Deployment of")

    box = operator.locator(CPU).bounding_box()
    assert box
    operator.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    operator.mouse.down()
    operator.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=5)
    operator.mouse.up()
    operator.wait_for_url(re.compile("since=.+until=.+"))
    expect(operator.locator(CPU)).to_be_visible(timeout=TIMEOUT_MS)

    operator.locator("#cpu").get_by_role("link", name="Show as table").click()
    table = operator.get_by_role("region", name="CPU utilization, values")
    expect(table).to_contain_text("43", timeout=TIMEOUT_MS)
    assert "since=" in operator.url
    operator.get_by_role("link", name="Reset zoom").click()
    expect(operator.get_by_role("link", name="3h", exact=True)).to_have_attribute("aria-current", "true")
