"""Rules and listeners of a load balancer in the browser: created, changed, removed and put back; clashes refused."""

import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveApp
from tests.browser.page_actions import SCOPE_PATH, TIMEOUT_MS, confirm, open_form, review, wait_for_operation
from tests.browser.test_service_changes import open_service

RULES = "load-balancers/shop/rules"


def test_an_operator_sends_a_path_elsewhere_and_back(operator: Page, live_app: LiveApp) -> None:
    page = operator
    open_service(page, "web")
    page.get_by_role("link", name="Networking").click()
    targets = page.get_by_role("region", name="Targets")
    expect(targets.get_by_text("Healthy").first).to_be_visible(timeout=TIMEOUT_MS)
    expect(targets.get_by_role("row").nth(1)).to_contain_text(re.compile("just now|ago"))
    page.get_by_role("link", name="shop", exact=True).last.click()
    expect(page.get_by_role("heading", name="Listener HTTP:80")).to_be_visible()
    expect(page.get_by_role("row", name="Default")).to_contain_text("shop-web")
    assert answer(live_app, "/status/") == 200

    open_form(page, f"{RULES}/new/", "HTTP:80 · next free priority 1")
    page.get_by_label("Values").fill("/status/*")
    page.get_by_text("The load balancer answers by itself").click()
    page.get_by_label("Status code").last.fill("410")
    review(page)
    expect(page.get_by_text("Requests for /status/* go to the response 410 instead of shop-web")).to_be_visible()
    confirm(page)
    wait_for_operation(page)
    assert (answer(live_app, "/status/x"), answer(live_app, "/")) == (410, 200)

    open_form(page, f"{RULES}/new/", "HTTP:80 · next free priority 2")
    page.get_by_label("Values").fill("/status/deep/*")
    page.get_by_role("combobox", name="Target group").select_option(label="shop-web")
    review(page)
    expect(page.get_by_text("Rule 1 takes all requests of this rule").first).to_be_visible()
    expect(page.locator("#confirm-button:enabled")).to_have_count(0)

    open_balancer(page)
    row = page.get_by_role("row", name="/status/*")
    row.get_by_role("link", name="Edit").click()
    page.get_by_text("To one target group, or to several by weight").click()
    page.get_by_role("combobox", name="Target group").select_option(label="shop-web")
    review(page)
    confirm(page)
    wait_for_operation(page)
    assert answer(live_app, "/status/x") == 200

    open_balancer(page)
    expect(row.get_by_role("link", name="web")).to_be_visible(timeout=TIMEOUT_MS)
    row.get_by_role("link", name="Delete").click()
    review(page)
    confirm(page)
    wait_for_operation(page)
    open_balancer(page)
    expect(row).to_have_count(0, timeout=TIMEOUT_MS)


def test_an_operator_opens_a_port_changes_its_response_and_puts_it_back(operator: Page) -> None:
    page = operator
    open_form(page, "load-balancers/shop/listeners/new/", "The load balancer answers by itself")
    page.get_by_text("The load balancer answers by itself").click()
    review(page)
    expect(page.locator(".check.block")).to_have_count(1)
    expect(page.locator(".check.block")).to_contain_text("Port 80 already has a listener")
    page.get_by_role("link", name="Back to the form").click()
    page.locator("#id_port").fill("8081")
    review(page)
    confirm(page)
    wait_for_operation(page)

    open_balancer(page)
    listener = page.locator("#listener-8081")
    listener.get_by_role("link", name="Edit listener").click()
    page.get_by_label("Status code").last.fill("404")
    review(page)
    expect(page.get_by_text("go to the response 404 instead of the response 503").first).to_be_visible()
    confirm(page)
    wait_for_operation(page)

    open_balancer(page)
    expect(listener.get_by_text("404").first).to_be_visible(timeout=TIMEOUT_MS)
    listener.get_by_role("link", name="Delete listener").click()
    review(page)
    name = page.locator("[data-must-equal]")
    name.fill(str(name.get_attribute("data-must-equal")))
    confirm(page)
    wait_for_operation(page)
    page.locator("#undo-button").click()
    confirm(page)
    wait_for_operation(page)
    open_balancer(page)
    expect(listener.get_by_text("404").first).to_be_visible(timeout=TIMEOUT_MS)


def open_balancer(page: Page) -> None:
    page.goto(f"{SCOPE_PATH}/load-balancers/shop/")


def answer(app: LiveApp, path: str) -> int:
    """Return the status that the load balancer answers."""
    request = Request(f"{app.sandbox.url}{path}", headers={"Host": "shop.elb.localhost"})
    try:
        with urlopen(request, timeout=30) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code
