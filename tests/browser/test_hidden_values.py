"""Hidden values in the browser: shown as fingerprints, revealed in place by those who may."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp

VALUE = "quiet-harbour-71"
FAMILY = "web-hidden"


def opened(page: Page, live_app: LiveApp) -> Page:
    """Return the page of a revision with a hidden value, once the inventory has it."""
    container = {
        "name": "web", "image": "shop/web:1", "memory": 64, "command": ["run", VALUE],
        "environment": [{"name": "STAGE", "value": VALUE}, {"name": "A_RATHER_LONG_VARIABLE_NAME", "value": "x"}],
        "dockerLabels": {"owner": VALUE}, "healthCheck": {"command": ["CMD-SHELL", "exit 0"]},
    }  # fmt: skip
    live_app.sandbox.client("ecs").register_task_definition(family=FAMILY, containerDefinitions=[container])
    page.goto("/demo/eu-central-1/task-definitions/")
    expect(page.get_by_role("link", name=FAMILY).first).to_be_visible(timeout=60_000)
    page.goto(f"/demo/eu-central-1/task-definitions/{FAMILY}/1/")
    return page


def test_an_operator_reveals_one_value_in_place(operator: Page, live_app: LiveApp) -> None:
    page = opened(operator, live_app)
    assert VALUE not in page.content()
    page.get_by_role("button", name="Reveal STAGE").click()
    expect(page.get_by_text(VALUE, exact=True)).to_have_count(1)
    assert page.url.endswith("/1/")
    page.get_by_role("button", name="Reveal values of web").click()
    expect(page.get_by_role("heading", name="web", exact=True)).to_be_visible()
    expect(page.get_by_text(VALUE, exact=True)).to_have_count(2)


def test_a_deployer_has_no_button(new_page: Callable[[str], Page], live_app: LiveApp) -> None:
    page = opened(new_page("dora"), live_app)
    expect(page.get_by_text("•••").first).to_be_visible()
    expect(page.get_by_role("button", name="Reveal")).to_have_count(0)
