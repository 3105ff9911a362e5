"""Actions of a user in the task definition form."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

CONTAINERS = "/containerDefinitions"


def field(page: Page, place: str) -> Locator:
    """Return the control of a place of the document: "/containerDefinitions/0/image"."""
    return page.locator(f'[id="{place}"]')


def fill_container(page: Page, number: int, *, name: str, image: str) -> None:
    field(page, f"{CONTAINERS}/{number}/name").fill(name)
    field(page, f"{CONTAINERS}/{number}/image").fill(image)


def add_port(page: Page, container: int, port: str) -> None:
    """Add a port to a container that has none yet."""
    field(page, f"{CONTAINERS}/{container}/portMappings").get_by_role("button", name="Add port").click()
    _type(field(page, f"{CONTAINERS}/{container}/portMappings/0/containerPort"), port)


def add_variable(page: Page, container: int, name: str, value: str) -> None:
    """Add an environment variable to a container that has none yet."""
    variables = f"{CONTAINERS}/{container}/environment"
    field(page, variables).get_by_role("button", name="Add variable").click()
    _type(field(page, f"{variables}/0/name"), name)
    field(page, f"{variables}/0/value").fill(value)


def add_container(page: Page) -> None:
    items = page.locator(f'[id="{CONTAINERS}"] > .repeat-item')
    before = items.count()
    page.get_by_role("button", name="Add container", exact=True).click()
    expect(items).to_have_count(before + 1)
    expect(field(page, f"{CONTAINERS}/{before}/name")).to_be_focused()


def definition_json(page: Page) -> dict[str, Any]:
    """Return the JSON beside the form."""
    found: dict[str, Any] = json.loads(page.locator("#id_json").input_value())
    return found


def type_json(page: Page, text: str) -> None:
    """Replace the text in the JSON editor."""
    page.locator("#json-editor .cm-content").fill(text)


def _type(control: Locator, text: str) -> None:
    """Fill a field that was just added, once it has the focus."""
    expect(control).to_be_focused()
    control.fill(text)
