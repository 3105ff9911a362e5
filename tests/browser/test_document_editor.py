"""The task definition form in a browser: form and JSON follow each other, with and without JavaScript."""

import json

from playwright.sync_api import Page, expect

from tests.browser.conftest import CONTEXT_OPTIONS, SignedInContexts, recording_errors
from tests.browser.definition_form import add_container, add_port, definition_json, field, fill_container, type_json
from tests.browser.page_actions import SCOPE_PATH
from tests.processes import until

NEW = f"{SCOPE_PATH}/task-definitions/new/"
APP = "/containerDefinitions/0"


def test_the_form_and_the_json_follow_each_other(operator: Page, browser_errors: list[str]) -> None:
    operator.goto(NEW)
    expect(operator.locator("#json-editor .cm-content")).to_be_visible()
    field(operator, "/family").fill("edited")
    fill_container(operator, 0, name="app", image="demo/app:1")
    add_port(operator, 0, "80")
    until(lambda: definition_json(operator)["containerDefinitions"][0].get("portMappings") == [{"containerPort": 80}])

    definition = {**definition_json(operator), "pidMode": "tusk"}
    type_json(operator, json.dumps(definition, indent=2))
    expect(field(operator, "/pidMode")).to_have_value("tusk")
    expect(operator.locator("#document-summary")).to_contain_text("1 problem")
    expect(operator.locator("#json-editor .cm-lint-marker-error")).to_have_count(1)
    operator.get_by_role("link", name="pid mode").click()
    expect(field(operator, "/pidMode")).to_be_focused()

    type_json(operator, '{"family": "half')
    expect(operator.locator("#document-syntax")).to_contain_text("Line 1, column 12")
    expect(field(operator, f"{APP}/image")).to_have_value("demo/app:1")
    operator.get_by_role("button", name="Use the form").click()
    expect(operator.locator("#document-syntax")).to_be_empty()
    field(operator, "/pidMode").select_option("task")
    until(lambda: definition_json(operator) == {**definition, "pidMode": "task"})

    add_container(operator)
    operator.get_by_role("button", name="Review", exact=True).last.click()
    expect(operator.locator("[data-form-errors]")).to_be_focused()
    expect(field(operator, "/containerDefinitions/1/name")).to_have_attribute("aria-invalid", "true")
    browser_errors[:] = [each for each in browser_errors if "422" not in each]


def test_the_form_works_without_javascript(signed_in_contexts: SignedInContexts, browser_errors: list[str]) -> None:
    cookies = signed_in_contexts.context("otto").storage_state()
    with signed_in_contexts.chromium.new_context(
        base_url=signed_in_contexts.app.url, storage_state=cookies, java_script_enabled=False, **CONTEXT_OPTIONS
    ) as context:
        page = recording_errors(context.new_page(), browser_errors)
        page.goto(NEW)
        field(page, "/family").fill("plain")
        fill_container(page, 0, name="app", image="demo/app:1")
        page.get_by_role("button", name="Add X-Ray daemon").click()
        expect(field(page, "/containerDefinitions/1/name")).to_have_value("xray-daemon")
        page.get_by_role("button", name="Remove container xray-daemon").click()
        expect(field(page, "/containerDefinitions/1")).to_have_count(0)
        page.locator("#id_json").fill(json.dumps({**definition_json(page), "family": "other"}))
        page.get_by_role("button", name="Update both sides").click()
        expect(field(page, "/family")).to_have_value("other")
        page.get_by_role("button", name="Review", exact=True).last.click()
        expect(page.locator("#calls")).to_contain_text("ecs.register_task_definition")
