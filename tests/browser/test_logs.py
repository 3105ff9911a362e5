"""Logs of a service in the browser: search, folded JSON, live lines, reading in peace, older lines, download."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH

PAGE = f"{SCOPE_PATH}/services/shop/web/logs/"
AHEAD = 60_000  # simulated milliseconds, more than a call takes: what is much older than what was read is not read
ESCAPED = "\x1b[31mno disk\x1b[0m <b>bold</b>"


class Writer:
    """Writes lines into the stream of a task of shop/web, numbered from 1."""

    def __init__(self, app: LiveApp) -> None:
        ecs = app.sandbox.client("ecs")
        [arn, *_] = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
        found = ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]["taskDefinitionArn"]
        [container, *_] = ecs.describe_task_definition(taskDefinition=found)["taskDefinition"]["containerDefinitions"]
        options = container["logConfiguration"]["options"]
        self.logs, self.number = app.sandbox.client("logs"), 0
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{arn.rpartition('/')[2]}"
        self.place: dict[str, Any] = {"logGroupName": options["awslogs-group"], "logStreamName": stream}

    def write(self, *lines: str) -> None:
        [newest] = self.logs.get_log_events(**self.place, limit=1, startFromHead=False)["events"]
        at = newest["timestamp"] + AHEAD
        events = [{"timestamp": at, "message": line} for line in lines]
        self.logs.put_log_events(**self.place, logEvents=events)

    def count(self, lines: int) -> None:
        self.write(*(f"counted line {self.number + each + 1}." for each in range(lines)))
        self.number += lines


def test_a_person_follows_searches_and_reads_the_log_of_a_service(page: Page, live_app: LiveApp) -> None:
    writer = Writer(live_app)
    record = {"level": "error", "msg": "payment refused", "order": 77, "password": "hunter2"}
    page.goto("/")
    expect(page.locator('.square[href$="/services/shop/web/"]')).to_be_visible()
    page.goto(PAGE)
    expect(page.locator("#lines .log-line").first).to_be_visible()
    writer.write(ESCAPED, json.dumps(record))
    lines = page.locator("#lines .log-line")
    expect(lines.filter(has_text="no disk <b>bold</b>").locator(".ansi-red")).to_have_text("no disk")
    folded = lines.filter(has_text="payment refused")
    folded.locator("summary").click()
    expect(folded.locator("pre")).to_contain_text('"order": 77')
    expect(page.locator("#lines")).not_to_contain_text("hunter2")

    page.get_by_label("Filter pattern").fill('"counted line"')
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/logs/?*")
    for _ in range(10):
        writer.count(1000)
    expect(lines.last).to_contain_text("counted line 10000.")
    expect(lines).to_have_count(500)

    page.get_by_role("log").hover()
    page.mouse.wheel(0, -2000)
    follow = page.get_by_role("button", name="Paused: follow again")
    expect(follow).to_be_visible()
    writer.count(500)
    page.wait_for_timeout(5000)
    expect(lines.last).to_contain_text("counted line 10000.")
    follow.click()
    expect(lines.last).to_contain_text("counted line 10500.")
    expect(follow).to_be_hidden()

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download").click()
    text = downloading.value.path().read_text()
    assert [text.count(f"counted line {number}.\n") for number in (1, 5000, 10500)] == [1, 1, 1]

    page.get_by_role("link", name="Older lines").click()
    expect(lines.last).to_contain_text("counted line 10000.")
    page.get_by_role("link", name="Newest lines").click()
    expect(lines.last).to_contain_text("counted line 10500.")
