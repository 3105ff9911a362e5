"""Widths of tables: no cell is cut off and no page scrolls sideways."""

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from clusters.models import ContainerInstance
from ecsdash.access.models import User
from tests.browser import long_names
from tests.browser.conftest import CONTEXT_OPTIONS

pytestmark = pytest.mark.django_db(transaction=True)
SCOPE_PATH, ALL = "/payments-production/ap-southeast-2", "/all/all"
LISTS = (
    *(f"{place}/{noun}/" for place in (SCOPE_PATH, ALL) for noun in
      ("clusters", "services", "tasks", "task-definitions", "deployments")),
    *(f"{place}/tasks/?show={shown}" for place in (SCOPE_PATH, ALL) for shown in ("stopped", "all")),
    *(f"{SCOPE_PATH}/clusters/{long_names.CLUSTER}/{tab}/" for tab in ("services", "tasks", "instances")),
    f"{SCOPE_PATH}/task-definitions/{long_names.SERVICE}/",
    *(f"{SCOPE_PATH}/services/{long_names.CLUSTER}/{long_names.SERVICE}/{tab}/" for tab in ("deployments", "events")),
    "/operations/", "/audit/",
    *(f"/settings/{noun}/" for noun in ("accounts", "users", "teams", "grants", "ownership", "sweeps", "events")),
    f"{SCOPE_PATH}/ownership/", f"{SCOPE_PATH}/ownership/?show=unowned",
)  # fmt: skip
#: Texts that are cut off on purpose have the class `truncated`.
CUT = """() => {
  const wide = (what, element) => element.scrollWidth > element.clientWidth + 1
    ? [`${what}: ${element.scrollWidth} px in ${element.clientWidth}`] : [];
  const found = wide("page", document.documentElement);
  for (const box of document.querySelectorAll(".scroll:has(> table)")) {
    found.push(...wide("table", box));
    for (const cell of box.querySelectorAll("td, th")) {
      if (!cell.checkVisibility() || cell.querySelector(".truncated")) continue;
      found.push(...wide(cell.textContent.trim(), cell));
    }
  }
  return found;
}"""


@pytest.fixture
def reader(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of an administrator, with rows in every list."""
    user = User.objects.create_superuser("anna-magdalena.winterbottom", first_name="Anna Magdalena")
    long_names.build(user)
    client = Client()
    client.force_login(user)
    context = chromium.new_context(base_url=live_server.url, **CONTEXT_OPTIONS)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def shown(page: Page) -> list[str]:
    headings = page.locator("thead th:not(.pick, .menu-col):visible")
    return [text.strip() for text in headings.all_inner_texts() if text.strip()]


def test_no_cell_is_cut_and_no_page_scrolls_sideways(reader: Page) -> None:
    wrong: dict[str, list[str]] = {}
    for path in LISTS:
        reader.goto(path)
        assert reader.locator("tbody tr").count() or path.endswith("/events/"), f"{path} shows no row"
        for width in (390, 1280, 1400):
            reader.set_viewport_size({"width": width, "height": 900})
            if found := reader.evaluate(CUT):
                wrong[f"{path} at {width}"] = found
    assert not wrong, json.dumps(wrong, indent=1)


def test_the_meters_of_a_cluster_fit_a_phone(reader: Page) -> None:
    ContainerInstance.objects.update(status="ACTIVE")
    reader.set_viewport_size({"width": 390, "height": 900})
    reader.goto(f"{SCOPE_PATH}/clusters/{long_names.CLUSTER}/")
    expect(reader.locator("dd .meter")).to_have_count(2)
    assert reader.evaluate(CUT) == []


def test_less_important_columns_are_hidden_first(reader: Page) -> None:
    reader.goto(f"{SCOPE_PATH}/services/")
    columns = {}
    for width in (390, 800, 1280, 1400, 1800):
        reader.set_viewport_size({"width": width, "height": 900})
        columns[width] = shown(reader)
    assert columns[390] == ["Service", "Health"]
    assert columns[390] < columns[800] < columns[1280] < columns[1400]
    assert [each for each in columns[1800] if each != "Restarts 1 h / 24 h"] == columns[1400]
    assert columns[1400][-2:] == ["Last deployment", "Last event"]


def test_chosen_columns_and_their_order_are_stored(reader: Page) -> None:
    reader.goto(f"{SCOPE_PATH}/services/")
    reader.get_by_role("link", name="Columns").click()
    reader.get_by_role("checkbox", name="Pending tasks").check()
    reader.get_by_role("checkbox", name="Health").uncheck()
    up = reader.get_by_role("button", name="Move Last deployment up")
    for _ in range(5):
        up.click()
    expect(up).to_be_focused()
    reader.get_by_role("button", name="Save columns").click()
    expect(reader.get_by_role("columnheader", name="Pending tasks")).to_be_visible()
    assert shown(reader)[:2] == ["Service", "Last deployment"]
    assert "Health" not in shown(reader)
    reader.get_by_role("link", name="Pending tasks").click()
    expect(reader.get_by_role("columnheader", name="Pending tasks")).to_have_attribute("aria-sort", "ascending")
    assert reader.locator("section[data-live]").get_attribute("hx-get").count("own-columns=") == 1  # type: ignore[union-attr]
    reader.get_by_role("link", name="Columns").click()
    reader.get_by_role("button", name="Reset to default").click()
    expect(reader.get_by_role("columnheader", name="Health")).to_be_visible()
