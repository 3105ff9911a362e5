"""Signing in with a real browser: a real OpenID Connect provider, an authenticator app, and a passkey."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ecsdash.access import groups
from ecsdash.access.changes import By
from ecsdash.access.models import GroupMapping, Team, User
from ecsdash.access.sign_in_changes import set_policy
from tests.access import factors, identity_provider
from tests.browser.conftest import CONTEXT_OPTIONS
from tests.users import PASSWORD, create_grant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    opened = chromium.new_context(base_url=live_server.url, **CONTEXT_OPTIONS)
    opened.route("**/*", lambda route: route.continue_() if "//localhost" in route.request.url else route.abort())
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def by_provider(page: Page, person: str) -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with Example SSO").click()
    page.get_by_placeholder("sub").fill(person)
    page.get_by_role("button", name="Authorize").click()


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def test_the_provider_and_a_second_factor_let_a_person_in(page: Page, settings: Settings) -> None:
    team = Team.objects.create(name="shop")
    create_grant("viewer", team=team, cluster="shop")
    groups.add_mapping(By(None), GroupMapping(group="shop-people", team=team))
    set_policy(By(None), "viewer")
    with identity_provider.running() as provider:
        identity_provider.configure(settings, provider, local=False)
        settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(provider.address)
        provider.person("grace", name="Grace Hopper", groups=["shop-people"])
        by_provider(page, "grace")
        expect(page.get_by_text("requires a second factor for your role")).to_be_visible()
        page.get_by_role("link", name="Add authenticator app").click()
        key = page.locator("pre, code").first.inner_text().strip()
        page.get_by_label("Code that the app shows").fill(factors.code(key))
        page.get_by_role("button", name="Add authenticator app").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
        sign_out(page)
        by_provider(page, "grace")
        expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
        page.get_by_label("Code of your authenticator app").fill(factors.code(key))
        page.get_by_role("button", name="Sign in").click()
        page.goto("/settings/")
        expect(page.get_by_text("Your account: grace")).to_be_visible()
        settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].remove(provider.address)


def test_a_passkey_lets_a_person_in_and_proves_who_they_are(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    User.objects.create_superuser("anna", password=PASSWORD)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/login/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/account/second-factor/passkeys/add/")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/")
    page.goto("/account/reauthenticate/passkey/?next=/settings/grants/new/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add grant")
