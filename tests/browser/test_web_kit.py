"""The web kit in a real browser: htmx, style sheets and scripts on the pages of the guide (tests/web/guide.py)."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ecsdash.access.models import User
from tests.browser.conftest import CONTEXT_OPTIONS, recording_errors
from tests.browser.page_audit import NARROW, PageAudit
from tests.web.guide import STATE
from tests.web.serving import serve_guide

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"/guide/": 200, "/guide/people/": 200, "/guide/form/": 200, "/account/login/": 200, "/nowhere/": 404}
FIRST_PAGE_BYTES = 150_000


@pytest.fixture
def guide_page(
    chromium: Browser, settings: Settings, live_server: LiveServer, browser_errors: list[str]
) -> Iterator[Page]:
    serve_guide(settings)
    User.objects.bulk_create(User(username=f"person-{n:02}", email=f"p{n}@shop.example") for n in range(60))
    context = chromium.new_context(base_url=live_server.url, **CONTEXT_OPTIONS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield recording_errors(context.new_page(), browser_errors)
    context.close()


@pytest.fixture
def clean_page(guide_page: Page, browser_errors: list[str]) -> Iterator[Page]:
    """A page that must cause no browser errors."""
    yield guide_page
    assert browser_errors == []


# --- live sections ---------------------------------------------------------------------------------------------------
def test_an_update_of_a_section_keeps_input_focus_and_open_details(clean_page: Page) -> None:
    clean_page.goto("/guide/live/")
    clean_page.fill("#typed", "half a sen")
    clean_page.check("#ticked")
    clean_page.click("#more summary")
    clean_page.focus("#typed")
    STATE["count"] = 2
    expect(clean_page.locator("#word b")).to_have_text("2")
    expect(clean_page.locator("#typed")).to_have_value("half a sen")
    expect(clean_page.locator("#typed")).to_be_focused()
    expect(clean_page.locator("#ticked")).to_be_checked()
    expect(clean_page.locator("#more")).to_have_attribute("open", "")
    expect(clean_page.locator("[data-live-age]")).to_contain_text("updated")


def test_a_final_section_sends_no_polls(clean_page: Page) -> None:
    clean_page.goto("/guide/live/")
    STATE.update(count=3, final=True)
    expect(clean_page.locator("#word b")).to_have_text("3")
    assert clean_page.locator("#counter").get_attribute("hx-trigger") is None
    asked: list[str] = []
    clean_page.on("request", lambda request: asked.append(request.url))
    clean_page.wait_for_timeout(2500)
    assert [url for url in asked if "fragment=counter" in url] == []


def test_a_hidden_tab_sends_no_polls(clean_page: Page) -> None:
    clean_page.goto("/guide/live/")
    clean_page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    asked: list[str] = []
    clean_page.on("request", lambda request: asked.append(request.url))
    clean_page.wait_for_timeout(2500)
    assert asked == []


def test_a_failed_poll_shows_a_message_until_the_next_success(guide_page: Page, browser_errors: list[str]) -> None:
    guide_page.goto("/guide/live/")
    STATE["broken"] = True
    expect(guide_page.locator("#connection-error")).to_contain_text("returned an error")
    expect(guide_page.locator("#word b")).to_have_text("1")
    STATE.update(broken=False, count=4)
    expect(guide_page.locator("#word b")).to_have_text("4")
    expect(guide_page.locator("#connection-error")).to_be_hidden()
    assert all("500" in error for error in browser_errors)


def test_rows_do_not_move_under_the_pointer(clean_page: Page) -> None:
    clean_page.goto("/guide/people/?sort=-username")
    clean_page.hover("tr[data-row] >> nth=3")
    User.objects.create(username="zoe")
    expect(clean_page.locator("tr[data-row]", has_text="zoe")).to_be_attached()
    expect(clean_page.locator("tr[data-row]").first).to_contain_text("person-59")
    clean_page.hover("h1")
    expect(clean_page.locator("tr[data-row]").first).to_contain_text("zoe")


# --- tables ----------------------------------------------------------------------------------------------------------
def test_the_filter_applies_while_typing_and_is_in_the_url(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.keyboard.press("/")
    clean_page.keyboard.type("person-1")
    expect(clean_page.get_by_role("heading", name="People (10 of 60)")).to_be_visible()
    expect(clean_page.locator("#people-q")).to_be_focused()
    expect(clean_page.locator("#people-q")).to_have_value("person-1")
    clean_page.wait_for_url("**/guide/people/?q=person-1")
    clean_page.reload()
    expect(clean_page.locator("tr[data-row]")).to_have_count(10)


def test_sorting_and_paging_update_the_table_only(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.evaluate("window.sameDocument = true")
    clean_page.get_by_role("link", name="Next").click()
    expect(clean_page.locator("tr[data-row]")).to_have_count(10)
    clean_page.get_by_role("link", name="Number").click()
    expect(clean_page.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    assert clean_page.evaluate("window.sameDocument")
    clean_page.go_back()
    expect(clean_page.locator("tr[data-row]")).to_have_count(10)


def test_rows_are_focused_and_selected_by_keys(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.keyboard.press("j")
    clean_page.keyboard.press("j")
    clean_page.keyboard.press("x")
    expect(clean_page.get_by_label("Select row 2", exact=True)).to_be_checked()
    expect(clean_page.get_by_role("button", name="Stop")).to_be_visible()
    clean_page.keyboard.press("k")
    clean_page.keyboard.press("Enter")
    clean_page.wait_for_url("**/guide/?person=person-00")


def test_escape_leaves_the_filter_for_the_rows(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.keyboard.press("/")
    clean_page.keyboard.type("person-1")
    expect(clean_page.get_by_role("heading", name="People (10 of 60)")).to_be_visible()
    clean_page.keyboard.press("Escape")
    clean_page.keyboard.press("j")
    expect(clean_page.locator("#people-q")).to_have_value("person-1")
    expect(clean_page.locator("[data-row-link]").first).to_be_focused()


def test_the_arrow_keys_wrap_around_in_a_row_menu(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.get_by_label("Actions for row 2", exact=True).press("Enter")
    entries = clean_page.locator("#row-menu :is(a, button)")
    expect(entries.first).to_be_focused()
    clean_page.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    clean_page.keyboard.press("ArrowDown")
    expect(entries.first).to_be_focused()


def test_a_row_menu_stays_open_during_an_update(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.get_by_label("Actions for row 2", exact=True).click()
    expect(clean_page.get_by_role("link", name="Delete").first).to_be_visible()
    User.objects.create(username="aaa")
    expect(clean_page.locator("tr[data-row]", has_text="aaa")).to_be_attached()
    expect(clean_page.locator(".menu:popover-open")).to_have_count(1)


def test_single_key_shortcuts_can_be_turned_off(clean_page: Page) -> None:
    clean_page.goto("/guide/people/")
    clean_page.keyboard.press("?")
    clean_page.get_by_label("Turn off single-key shortcuts").check()
    clean_page.get_by_role("button", name="Close").click()
    clean_page.keyboard.press("j")
    assert clean_page.evaluate("document.activeElement.matches('[data-row-link]')") is False


# --- blocks, forms ----------------------------------------------------------------------------------------------------
def test_a_click_copies_the_full_id(clean_page: Page) -> None:
    clean_page.goto("/guide/")
    clean_page.locator(".ident").click()
    expect(clean_page.locator(".ident.copied")).to_be_visible()
    clean_page.goto("/guide/people/")
    clean_page.keyboard.press("/")
    clean_page.keyboard.press("Control+v")
    expect(clean_page.locator(":focus")).to_have_value(
        re.compile(r"arn:aws:ecs:eu-central-1:123456789012:task/shop/0f3a")
    )


def test_a_chart_is_drawn(clean_page: Page) -> None:
    clean_page.goto("/guide/")
    expect(clean_page.locator("#cpu canvas")).to_be_visible()


def test_adding_and_removing_containers_keeps_the_input(clean_page: Page) -> None:
    clean_page.goto("/guide/form/")
    clean_page.fill("#id_name", "web")
    clean_page.fill("#id_containers-0-name", "nginx")
    clean_page.get_by_role("button", name="Add container").click()
    expect(clean_page.locator("#id_containers-1-name")).to_be_focused()
    clean_page.fill("#id_containers-1-name", "sidecar")
    clean_page.get_by_role("button", name="Remove containers 1").click()
    expect(clean_page.locator("#id_containers-0-name")).to_have_value("sidecar")
    expect(clean_page.locator("#id_containers-1-name")).to_have_count(0)
    expect(clean_page.locator("#id_name")).to_have_value("web")


def test_a_choice_shows_its_fields_and_a_long_list_can_be_filtered(clean_page: Page) -> None:
    clean_page.goto("/guide/form/")
    expect(clean_page.get_by_label("Size")).to_be_hidden()
    clean_page.get_by_label("EC2").check()
    expect(clean_page.get_by_label("Size")).to_be_visible()
    clean_page.get_by_label("Filter subnets").fill("subnet-11")
    expect(clean_page.locator(".choice-list li:visible")).to_have_count(1)


def test_the_navigation_opens_on_a_narrow_screen(clean_page: Page) -> None:
    clean_page.set_viewport_size(NARROW)
    clean_page.goto("/guide/")
    expect(clean_page.get_by_role("link", name="Clusters")).to_be_hidden()
    clean_page.locator(".side-toggle summary").click()
    expect(clean_page.get_by_role("link", name="Clusters")).to_be_visible()


# --- every page ------------------------------------------------------------------------------------------------------
def test_every_page_passes_the_accessibility_rules_and_fits_a_narrow_screen(guide_page: Page) -> None:
    audit = PageAudit(guide_page)
    found = {path: audit.problems(path, status) for path, status in PAGES.items()}
    assert found == {path: [] for path in PAGES}


def test_the_first_page_is_small(clean_page: Page) -> None:
    responses: list[Response] = []
    clean_page.on("response", lambda response: responses.append(response))
    clean_page.goto("/guide/people/")
    clean_page.wait_for_load_state("networkidle")
    weights = {urlsplit(each.url).path: len(gzip.compress(each.body())) for each in responses}
    assert sum(weights.values()) <= FIRST_PAGE_BYTES, weights
