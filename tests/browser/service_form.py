"""Actions of a user in the form of a service: its fields are named by their places in the document."""

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.page_actions import choose_all

NETWORK = "/networkConfiguration/awsvpcConfiguration"
CONNECT = "/serviceConnectConfiguration"


def field(page: Page, place: str) -> Locator:
    return page.locator(f'[id="{place}"]')


def fill(page: Page, values: dict[str, str]) -> None:
    """Fill or select the fields at these places, and wait until the document has them."""
    for place, value in values.items():
        found = field(page, place)
        if found.evaluate("(element) => element.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)
            found.dispatch_event("change")


def open_section(page: Page, title: str) -> None:
    section = page.locator("details", has=page.locator(f"summary:has-text('{title}')")).last
    if section.get_attribute("open") is None:
        section.locator("summary").first.click()


def add_new_balancer(page: Page, security_group: str = "") -> None:
    """Add a target group behind a new load balancer to the form of a service."""
    open_section(page, "New target groups and load balancers")
    page.get_by_role("button", name="Add new target group").click()
    page.get_by_role("radio", name=re.compile("^New load balancer")).check()
    if security_group:
        choose_all(page, "balancers-0-balancer_security_groups", including=security_group)


def add(page: Page, button: str, place: str) -> None:
    """Add an entry, and wait until the form has it."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(field(page, place)).to_be_visible()


def choose(page: Page, place: str, including: str = "") -> None:
    """Check every box at a place whose label contains a text, and uncheck the others."""
    for label in field(page, place).locator("label").all():
        label.get_by_role("checkbox").set_checked(including in label.inner_text())


def document(page: Page) -> dict[str, Any]:
    """Return the JSON beside the form."""
    found: dict[str, Any] = json.loads(page.locator("#id_json").input_value())
    return found
