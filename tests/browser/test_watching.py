"""Lists of the running product that change under the eyes of the person."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp

HOME = "/demo/eu-central-1"


def drain(live_app: LiveApp, status: str) -> None:
    ecs = live_app.sandbox.client("ecs")
    arns = ecs.list_container_instances(cluster="batch")["containerInstanceArns"]
    ecs.update_container_instances_state(cluster="batch", containerInstances=arns[:1], status=status)


def test_a_list_that_changes_leaves_alone_what_the_person_is_at(page: Page, live_app: LiveApp) -> None:
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


def test_an_open_menu_outlives_a_change(page: Page, live_app: LiveApp) -> None:
    page.goto(f"{HOME}/clusters/batch/instances/")
    page.get_by_label("Actions for row 2", exact=True).click()
    expect(page.locator(".menu:popover-open")).to_have_count(1)
    drain(live_app, "DRAINING")
    try:
        expect(page.locator("tr[data-row] .status", has_text="Draining")).to_be_visible()
        expect(page.locator(".menu:popover-open")).to_have_count(1)
    finally:
        drain(live_app, "ACTIVE")


def test_unchanged_polls_carry_a_pass_and_no_body(page: Page, live_app: LiveApp) -> None:
    page.goto(f"{HOME}/clusters/")
    expect(page.get_by_role("link", name="shop", exact=True)).to_be_visible()
    with page.expect_response(lambda answer: "fragment=clusters" in answer.url and answer.status == 304) as quiet:
        pass
    assert "~" in (quiet.value.request.header_value("HX-PTag") or "")
