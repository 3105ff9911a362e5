"""Forms of access in a browser: what the script adds to them."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from ecsdash.access.models import User
from tests.browser.conftest import CONTEXT_OPTIONS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    client = Client()
    client.force_login(User.objects.create_superuser("anna"))
    context = chromium.new_context(base_url=live_server.url, **CONTEXT_OPTIONS)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_the_capabilities_begin_with_those_of_the_chosen_role(page: Page) -> None:
    page.goto("/settings/grants/new/")
    host, override = page.get_by_label("Host access"), page.get_by_label("Command override")
    brought = page.get_by_role("table")
    expect(brought).to_be_visible()
    expect(host).to_be_hidden()
    page.get_by_label("Role", exact=True).select_option("operator")
    page.get_by_role("radio", name="Choose").check()
    expect(brought).to_be_hidden()
    expect(host).not_to_be_checked()
    expect(override).to_be_checked()
    page.get_by_label("Role", exact=True).select_option("admin")
    expect(host).to_be_checked()
    page.get_by_label("Role", exact=True).select_option("viewer")
    expect(override).not_to_be_checked()
