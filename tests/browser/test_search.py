"""The search box by keyboard, and the menu of a row, on the whole product."""

import re

from playwright.sync_api import Page, expect

SERVICES = "/demo/eu-central-1/services/"


def test_a_service_is_found_and_opened_by_keys_alone(page: Page) -> None:
    page.goto(SERVICES)
    expect(page.locator("tr[data-row]", has_text="checkout").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("checkout")
    expect(page.locator("#search-panel [data-found]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#search-panel")).to_be_hidden()
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=checkout")
    page.get_by_role("link", name=re.compile("^checkout")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("checkout")


def test_the_menu_of_a_row_is_fetched_and_its_entries_work(page: Page) -> None:
    page.goto(f"{SERVICES}?q=checkout")
    page.get_by_label("Actions for row 1", exact=True).click()
    page.get_by_role("link", name="Scale").click()
    page.wait_for_url("**/scale/")
