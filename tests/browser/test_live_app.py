"""Sign-in and first pages of the whole product, on which all other browser tests depend."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp, NewPage


def test_the_administrator_lands_on_the_overview(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("SIMULATED AWS").first).to_be_visible()


def test_the_clusters_of_the_scenario_appear_without_a_reload(page: Page) -> None:
    page.goto("/demo/eu-central-1/clusters/")
    expect(page.get_by_role("link", name="shop", exact=True)).to_be_visible(timeout=30_000)


def test_a_sign_in_link_works_once(new_page: NewPage, live_app: LiveApp, browser_errors: list[str]) -> None:
    link, first, second = live_app.sign_in_link("demo"), new_page(), new_page()
    first.goto(link)
    first.get_by_role("button", name="Sign in").click()
    expect(first.get_by_role("heading", level=1)).to_be_visible()
    second.goto(link)
    expect(second.get_by_role("button", name="Sign in")).to_have_count(0)
    browser_errors[:] = [text for text in browser_errors if "status of 4" not in text]


def test_pages_require_sign_in(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    expect(page.get_by_label("Password")).to_be_visible()
