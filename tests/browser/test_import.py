"""A Compose file goes through the import page and the register form into ECS."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.definition_form import definition_json
from tests.browser.page_actions import confirm, review, wait_for_operation
from tests.processes import REGION
from tests.services.documents.test_compose import FILES

COMPOSE = """name: imported
services:
  web:
    image: "${IMAGE}:1.27"
    ports: ["8080:80"]
    environment: {STAGE: test}
    devices: ["/dev/fuse"]
"""


def test_a_compose_file_is_imported_filled_and_registered(operator: Page, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE)
    operator.goto(f"/demo/{REGION}/import/")
    operator.get_by_label("Files").set_input_files(file)
    operator.get_by_role("button", name="Read").click()
    expect(operator.get_by_role("heading", name="imported task definition")).to_be_visible()
    expect(operator.get_by_role("cell", name="devices was left out.")).to_be_visible()
    operator.get_by_label("IMAGE ${IMAGE}").fill("nginx")
    operator.get_by_role("button", name="Fill in").click()
    expect(operator.get_by_label("IMAGE ${IMAGE}")).to_have_value("nginx")
    operator.get_by_role("button", name="Open in the form").click()
    expect(operator.get_by_role("button", name="Review")).to_be_visible()
    definition = definition_json(operator)
    assert (definition["family"], definition["containerDefinitions"][0]["image"]) == ("imported", "nginx:1.27")
    operator.get_by_role("button", name="Review").click()
    operator.get_by_role("button", name="Register task definition").click()
    expect(operator.get_by_text("Succeeded").first).to_be_visible()


def test_a_compose_file_of_two_services_runs_after_five_clicks(operator: Page) -> None:
    operator.goto(f"/demo/{REGION}/import/")
    operator.get_by_label("Files").set_input_files(FILES[1])
    operator.get_by_label("One task definition for each service").check()
    operator.get_by_role("button", name="Read").click()
    operator.get_by_role("button", name="Create all services").click()
    expect(operator.get_by_role("row", name="db notes-db postgres:17 1 db:5432")).to_be_visible()
    operator.get_by_label("Cluster").select_option("shop")
    review(operator)
    for call in ("ecs.register_task_definition", "servicediscovery.create_http_namespace", "ecs.create_service"):
        expect(operator.locator("#calls")).to_contain_text(call)
    confirm(operator)
    wait_for_operation(operator)
