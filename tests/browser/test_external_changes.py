"""A change that somebody makes beside the dashboard, in the browser: notice, revert, and the decision to keep it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, wait_for_operation
from tests.browser.test_service_changes import open_service, running_service

NOTICE = ".external-changes li"


def test_a_change_appears_on_the_open_page_is_reverted_and_the_next_one_is_kept(
    deployer: Page, live_app: LiveApp
) -> None:
    name, ecs = running_service(live_app, "web-elsewhere", count=1), live_app.sandbox.client("ecs")
    service = f"{SCOPE_PATH}/services/shop/{name}/"
    open_service(deployer, name)
    ecs.update_service(cluster="shop", service=name, desiredCount=3)
    notice = deployer.locator(NOTICE).filter(has_text="desired count 1 → 3")
    expect(notice).to_contain_text("by moto", timeout=TIMEOUT_MS)
    expect(deployer.get_by_text("of 3").first).to_be_visible(timeout=TIMEOUT_MS)
    notice.get_by_role("button", name="Revert").click()
    confirm(deployer)
    wait_for_operation(deployer)
    assert ecs.describe_services(cluster="shop", services=[name])["services"][0]["desiredCount"] == 1
    deployer.goto(service)
    expect(deployer.locator(NOTICE).filter(has_text="desired count 1 → 3")).to_have_count(0)
    expect(deployer.get_by_text("of 1").first).to_be_visible(timeout=TIMEOUT_MS)
    ecs.update_service(cluster="shop", service=name, desiredCount=2)
    notice = deployer.locator(NOTICE).filter(has_text="desired count 1 → 2")
    notice.get_by_role("link", name="Keep this change").click(timeout=TIMEOUT_MS)
    deployer.get_by_label("Reason").fill("more visitors")
    deployer.get_by_role("button", name="Keep this change").click()
    expect(deployer.locator("main")).to_contain_text("Kept by dora")
    deployer.goto("/")
    expect(deployer.locator("#changes")).to_contain_text(f"UpdateService {name}: desired count 1 → 2")
