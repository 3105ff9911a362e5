"""Actions of a user in the task definition form."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect


def fill_container(page: Page, number: int, *, name: str, image: str) -> None:
    page.locator(f"#id_containers-{number}-name").fill(name)
    page.locator(f"#id_containers-{number}-image").fill(image)


def add_port(page: Page, container: int, port: str) -> None:
    group = _group(page, f"containers-{container}-ports")
    group.get_by_role("button", name="Add port").click()
    _type(group.get_by_label("Container port"), port)


def add_variable(page: Page, container: int, name: str, value: str) -> None:
    """Add an environment variable to a container that has none yet."""
    group = _group(page, f"containers-{container}-environment")
    group.get_by_role("button", name="Add variable").click()
    _type(group.get_by_label("Name", exact=True), name)
    group.get_by_label("Value or ARN").fill(value)


def add_container(page: Page) -> None:
    items = page.locator("fieldset#containers > .repeat-item")
    before = items.count()
    page.get_by_role("button", name="Add container").click()
    expect(items).to_have_count(before + 1)
    expect(items.last.locator("input:not([type=hidden])").first).to_be_focused()


def definition_json(page: Page) -> dict[str, Any]:
    """Return the JSON beside the form."""
    found: dict[str, Any] = json.loads(page.locator("#id_json").input_value())
    return found


def _type(field: Locator, text: str) -> None:
    """Fill a field that was just added, once it has the focus."""
    expect(field).to_be_focused()
    field.fill(text)


def _group(page: Page, prefix: str) -> Locator:
    return page.locator(f"fieldset#{prefix}")
