"""Lists of the running product that change while they are open."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import TIMEOUT_MS

HOME = "/demo/eu-central-1"


def drain(live_app: LiveApp, status: str) -> None:
    ecs = live_app.sandbox.client("ecs")
    arns = ecs.list_container_instances(cluster="batch")["containerInstanceArns"]
    ecs.update_container_instances_state(cluster="batch", containerInstances=arns[:1], status=status)


def test_an_update_of_a_list_keeps_selection_focus_filter_and_scroll_position(page: Page, live_app: LiveApp) -> None:
    page.goto(f"{HOME}/clusters/batch/instances/")
    rows = page.locator("tr[data-row]")
    expect(rows.first).to_be_visible()
    chosen = page.locator("[data-pick]").last
    chosen.check()
    page.set_viewport_size({"width": 1440, "height": 300})
    page.locator("#instances-q").focus()
    page.keyboard.type("i-")
    page.wait_for_url("**q=i-**")
    page.evaluate("scrollTo(0, 60)")
    drain(live_app, "DRAINING")
    try:
        expect(page.locator("tr[data-row] .status", has_text="Draining")).to_be_visible()
        expect(chosen).to_be_checked()
        expect(page.locator("#instances-q")).to_be_focused()
        expect(page.locator("#instances-q")).to_have_value("i-")
        assert page.evaluate("scrollY") == 60
        token = page.locator("#instances-bulk [name=csrfmiddlewaretoken]").input_value()
        assert token in (page.locator("body").get_attribute("hx-headers:inherited") or "")
        assert len(token) > 30
        assert "q=i-" in (page.locator("#instances").get_attribute("hx-get") or "")
    finally:
        drain(live_app, "ACTIVE")


def test_an_open_menu_stays_open_during_an_update(page: Page, live_app: LiveApp) -> None:
    page.goto(f"{HOME}/clusters/batch/instances/")
    page.get_by_label("Actions for row 2", exact=True).click()
    expect(page.locator(".menu:popover-open")).to_have_count(1)
    drain(live_app, "DRAINING")
    try:
        expect(page.locator("tr[data-row] .status", has_text="Draining")).to_be_visible()
        expect(page.locator(".menu:popover-open")).to_have_count(1)
    finally:
        drain(live_app, "ACTIVE")


def test_unchanged_polls_send_a_ticket_and_have_no_body(page: Page, live_app: LiveApp) -> None:
    page.goto(f"{HOME}/clusters/")
    expect(page.get_by_role("link", name="shop", exact=True)).to_be_visible()
    with page.expect_response(
        lambda response: "fragment=clusters" in response.url and response.status == 304, timeout=TIMEOUT_MS
    ) as unchanged:
        pass
    assert "~" in (unchanged.value.request.header_value("HX-PTag") or "")
