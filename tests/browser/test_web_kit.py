"""The web kit in a real browser: what htmx, the style sheets and our scripts do to the pages of the guide."""

import gzip
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ecsdash.access.models import User
from tests.browser.conftest import CALM
from tests.browser.looks import NARROW, Looks
from tests.web.guide import STATE
from tests.web.serving import serve_guide

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"/guide/": 200, "/guide/people/": 200, "/guide/form/": 200, "/account/login/": 200, "/nowhere/": 404}
FIRST_PAGE_BYTES = 150_000


@pytest.fixture
def guide_page(chromium: Browser, settings: Settings, live_server: LiveServer, complaints: list[str]) -> Iterator[Page]:
    serve_guide(settings)
    User.objects.bulk_create(User(username=f"person-{n:02}", email=f"p{n}@shop.example") for n in range(60))
    context = chromium.new_context(base_url=live_server.url, **CALM)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def calm(guide_page: Page, complaints: list[str]) -> Iterator[Page]:
    """A page on which the browser must find nothing to complain about."""
    yield guide_page
    assert complaints == []


# --- live sections ---------------------------------------------------------------------------------------------------
def test_a_section_changes_by_itself_and_keeps_what_the_person_did(calm: Page) -> None:
    calm.goto("/guide/live/")
    calm.fill("#typed", "half a sen")
    calm.check("#ticked")
    calm.click("#more summary")
    calm.focus("#typed")
    STATE["count"] = 2
    expect(calm.locator("#word b")).to_have_text("2")
    expect(calm.locator("#typed")).to_have_value("half a sen")
    expect(calm.locator("#typed")).to_be_focused()
    expect(calm.locator("#ticked")).to_be_checked()
    expect(calm.locator("#more")).to_have_attribute("open", "")
    expect(calm.locator("[data-live-age]")).to_contain_text("updated")


def test_a_section_in_its_final_state_asks_no_more(calm: Page) -> None:
    calm.goto("/guide/live/")
    STATE.update(count=3, final=True)
    expect(calm.locator("#word b")).to_have_text("3")
    assert calm.locator("#counter").get_attribute("hx-trigger") is None
    asked: list[str] = []
    calm.on("request", lambda request: asked.append(request.url))
    calm.wait_for_timeout(2500)
    assert [url for url in asked if "fragment=counter" in url] == []


def test_a_hidden_tab_asks_nothing(calm: Page) -> None:
    calm.goto("/guide/live/")
    calm.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    asked: list[str] = []
    calm.on("request", lambda request: asked.append(request.url))
    calm.wait_for_timeout(2500)
    assert asked == []


def test_trouble_is_said_and_goes_away(guide_page: Page, complaints: list[str]) -> None:
    guide_page.goto("/guide/live/")
    STATE["broken"] = True
    expect(guide_page.locator("#trouble")).to_contain_text("does not answer properly")
    expect(guide_page.locator("#word b")).to_have_text("1")
    STATE.update(broken=False, count=4)
    expect(guide_page.locator("#word b")).to_have_text("4", timeout=15_000)
    expect(guide_page.locator("#trouble")).to_be_hidden()
    assert all("503" in complaint for complaint in complaints)


def test_rows_do_not_move_under_the_pointer(calm: Page) -> None:
    calm.goto("/guide/people/?sort=-username")
    calm.hover("tr[data-row] >> nth=3")
    User.objects.create(username="zoe")
    expect(calm.locator("tr[data-row]", has_text="zoe")).to_be_attached()
    expect(calm.locator("tr[data-row]").first).to_contain_text("person-59")
    calm.hover("h1")
    expect(calm.locator("tr[data-row]").first).to_contain_text("zoe")


# --- tables ----------------------------------------------------------------------------------------------------------
def test_the_filter_works_while_typing_and_stands_in_the_address(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.keyboard.press("/")
    calm.keyboard.type("person-1")
    expect(calm.get_by_role("heading", name="People (10 of 60)")).to_be_visible()
    expect(calm.locator("#people-q")).to_be_focused()
    expect(calm.locator("#people-q")).to_have_value("person-1")
    calm.wait_for_url("**/guide/people/?q=person-1")
    calm.reload()
    expect(calm.locator("tr[data-row]")).to_have_count(10)


def test_sorting_and_paging_change_the_table_alone(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.evaluate("window.sameDocument = true")
    calm.get_by_role("link", name="Next").click()
    expect(calm.locator("tr[data-row]")).to_have_count(10)
    calm.get_by_role("link", name="Number").click()
    expect(calm.get_by_role("columnheader", name="Number")).to_have_attribute("aria-sort", "ascending")
    assert calm.evaluate("window.sameDocument")
    calm.go_back()
    expect(calm.locator("tr[data-row]")).to_have_count(10)


def test_rows_are_walked_and_chosen_by_keys(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.keyboard.press("j")
    calm.keyboard.press("j")
    calm.keyboard.press("x")
    expect(calm.get_by_label("Choose row 2", exact=True)).to_be_checked()
    expect(calm.get_by_role("button", name="Stop")).to_be_visible()
    calm.keyboard.press("k")
    calm.keyboard.press("Enter")
    calm.wait_for_url("**/guide/?person=person-00")


def test_escape_leads_from_the_filter_to_the_rows_that_it_found(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.keyboard.press("/")
    calm.keyboard.type("person-1")
    expect(calm.get_by_role("heading", name="People (10 of 60)")).to_be_visible()
    calm.keyboard.press("Escape")
    calm.keyboard.press("j")
    expect(calm.locator("#people-q")).to_have_value("person-1")
    expect(calm.locator("[data-row-link]").first).to_be_focused()


def test_the_arrows_go_round_in_the_menu_of_a_row(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.get_by_label("Actions for row 2", exact=True).press("Enter")
    entries = calm.locator("#row-menu :is(a, button)")
    expect(entries.first).to_be_focused()
    calm.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    calm.keyboard.press("ArrowDown")
    expect(entries.first).to_be_focused()


def test_a_row_menu_opens_and_survives_an_update(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.get_by_label("Actions for row 2", exact=True).click()
    expect(calm.get_by_role("link", name="Delete").first).to_be_visible()
    User.objects.create(username="aaa")
    expect(calm.locator("tr[data-row]", has_text="aaa")).to_be_attached()
    expect(calm.locator(".menu:popover-open")).to_have_count(1)


def test_single_keys_can_be_switched_off(calm: Page) -> None:
    calm.goto("/guide/people/")
    calm.keyboard.press("?")
    calm.get_by_label("Switch single keys off").check()
    calm.get_by_role("button", name="Close").click()
    calm.keyboard.press("j")
    assert calm.evaluate("document.activeElement.matches('[data-row-link]')") is False


# --- parts, forms ----------------------------------------------------------------------------------------------------
def test_an_id_is_copied_whole(calm: Page) -> None:
    calm.goto("/guide/")
    calm.locator(".ident").click()
    expect(calm.locator(".ident.copied")).to_be_visible()
    assert str(calm.evaluate("navigator.clipboard.readText()")).startswith("arn:aws:ecs:eu-central-1:123456789012:task")


def test_a_chart_is_drawn(calm: Page) -> None:
    calm.goto("/guide/")
    expect(calm.locator("#cpu canvas")).to_be_visible()


def test_containers_come_and_go_and_keep_what_was_typed(calm: Page) -> None:
    calm.goto("/guide/form/")
    calm.fill("#id_name", "web")
    calm.fill("#id_containers-0-name", "nginx")
    calm.get_by_role("button", name="Add container").click()
    expect(calm.locator("#id_containers-1-name")).to_be_focused()
    calm.fill("#id_containers-1-name", "sidecar")
    calm.get_by_role("button", name="Remove containers 1").click()
    expect(calm.locator("#id_containers-0-name")).to_have_value("sidecar")
    expect(calm.locator("#id_containers-1-name")).to_have_count(0)
    expect(calm.locator("#id_name")).to_have_value("web")


def test_a_choice_shows_its_own_fields_and_a_long_list_can_be_narrowed(calm: Page) -> None:
    calm.goto("/guide/form/")
    expect(calm.get_by_label("Size")).to_be_hidden()
    calm.get_by_label("EC2").check()
    expect(calm.get_by_label("Size")).to_be_visible()
    calm.get_by_label("Filter subnets").fill("subnet-11")
    expect(calm.locator(".choice-list li:visible")).to_have_count(1)


def test_the_menu_opens_on_a_narrow_screen(calm: Page) -> None:
    calm.set_viewport_size(NARROW)
    calm.goto("/guide/")
    expect(calm.get_by_role("link", name="Clusters")).to_be_hidden()
    calm.locator(".side-toggle summary").click()
    expect(calm.get_by_role("link", name="Clusters")).to_be_visible()


# --- every page ------------------------------------------------------------------------------------------------------
def test_every_page_passes_the_accessibility_rules_and_fits_a_narrow_screen(guide_page: Page) -> None:
    looks = Looks()
    found = {path: looks.wrong_with(guide_page, path, status) for path, status in PAGES.items()}
    assert found == {path: [] for path in PAGES}


def test_the_first_page_is_light(calm: Page) -> None:
    answers: list[Response] = []
    calm.on("response", lambda answer: answers.append(answer))
    calm.goto("/guide/people/")
    calm.wait_for_load_state("networkidle")
    weights = {urlsplit(answer.url).path: len(gzip.compress(answer.body())) for answer in answers}
    assert sum(weights.values()) <= FIRST_PAGE_BYTES, weights
