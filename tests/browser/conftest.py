"""A real browser with the whole product: web server, worker, beat, PostgreSQL, Valkey and a running simulated AWS."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright
from support import assets, browser, product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import wait_for_page

from tests import databases, environment
from tests.forked_processes import ForkedProcesses
from tests.processes import Sandbox, product_settings

HERE = Path(__file__).parent
PASSWORD = "demo password of the tests"
SPEED = 20
#: Without animations: an animated progress bar needs as much CPU time as the pages themselves.
CONTEXT_OPTIONS: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
NAMES = ["live", "first", "second"]  # installations that one test process may start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@dataclass(frozen=True)
class LiveApp:
    """The running product. `settings` are those of its processes, for management commands."""

    url: str
    sandbox: Sandbox
    settings: dict[str, str]
    forked: ForkedProcesses

    def sign_in_link(self, username: str) -> str:
        """Return a new sign-in link of a demo user: `demo` is an administrator, `otto` an operator of the account,
        `dora` a deployer of the shop."""
        user = f"User.objects.get(username={username!r})"
        return self.shell(
            "from ecsdash.access.models import User\nfrom ecsdash.demo import sign_in_links\n"
            f"print(sign_in_links.link({user}))"
        ).strip()

    def shell(self, code: str) -> str:
        """Run Python inside the product's Django, to arrange what pages cannot."""
        return self.forked.manage("shell", "--verbosity", "0", "--command", code)


@pytest.fixture(scope="package")
def live_app(family: Family) -> Iterator[LiveApp]:
    """The product for all tests of this package. It stops after the last of them, to free the CPU for others."""
    yield start_product(family, "live", speed=SPEED, SWEEP_EXTERNAL_CHANGES_SECONDS="6")
    stop_product(family, "live")


def start_product(family: Family, name: str, *, speed: float, **more: str) -> LiveApp:
    """Start an installation with its own database. `name` distinguishes its processes from those of another one;
    `more` are settings without their prefix."""
    database = f"{name}_{environment.XDIST or 'alone'}"
    databases.copy(database)
    redis_url = f"{environment.REDIS_URL.rsplit('/', 1)[0]}/{32 + 4 * environment.PROCESS + NAMES.index(name)}"
    sandbox = Sandbox(family, f"{name}-sandbox", speed=speed, scenario="small")
    settings = product_settings(database, redis_url, sandbox, DEMO="true", BANNER="SIMULATED AWS", **more)
    forked = ForkedProcesses(family, f"{name}-forked", settings)
    app = LiveApp(f"http://{LOOPBACK}:{free_port()}", sandbox, settings, forked)
    link = environment.DIRECTORY / f"sign-in-link-{database}"
    forked.manage("demo_seed", "--link", str(link), ECSDASH_DEMO_PASSWORD=PASSWORD)
    variables = clean(settings)
    assets.ensure(product.ROOT, variables)
    family.start(f"{name}-web", product.web(urlsplit(app.url).port or 0), variables, cwd=product.ROOT)
    forked.start(f"{name}-worker", product.worker(name))
    forked.start(f"{name}-beat", product.beat())
    wait_for_page(family, f"{name}-web", f"{app.url}/healthz")
    return app


def stop_product(family: Family, name: str) -> None:
    family.stop(*(child for child in family.children if child.startswith(f"{name}-")))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Playwright's synchronous API runs an event loop in this thread, which Django mistakes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.installed(), args=browser.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def browser_errors() -> list[str]:
    """Errors on the browser's console, CSP violations and requests to other hosts. A test fails when one is left at its
    end; a test that causes one on purpose removes it."""
    return []


class SignedInContexts:
    """Browser contexts of users of the running product. Each user signs in once; later contexts reuse the cookies."""

    def __init__(self, chromium: Browser, app: LiveApp) -> None:
        self.chromium, self.app = chromium, app
        self.cookies: dict[str, StorageState] = {}

    def context(self, username: str | None) -> BrowserContext:
        if username and username not in self.cookies:
            with self.context(None) as first:
                signed_in(first.new_page(), self.app, self.app.sign_in_link(username))
                self.cookies[username] = first.storage_state()
        cookies = self.cookies[username] if username else None
        return self.chromium.new_context(base_url=self.app.url, storage_state=cookies, **CONTEXT_OPTIONS)


@pytest.fixture(scope="package")
def signed_in_contexts(chromium: Browser, live_app: LiveApp) -> SignedInContexts:
    return SignedInContexts(chromium, live_app)


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(signed_in_contexts: SignedInContexts, browser_errors: list[str]) -> Iterator[NewPage]:
    """Return a function that opens a page in its own context, signed in as a user or not signed in."""
    contexts = []

    def open_page(username: str | None = None) -> Page:
        context = signed_in_contexts.context(username)
        contexts.append(context)
        return recording_errors(context.new_page(), browser_errors)

    yield open_page
    for context in contexts:
        context.close()
    assert browser_errors == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """The overview page of the administrator `demo`."""
    return on_overview(new_page("demo"))


@pytest.fixture
def operator(new_page: NewPage) -> Page:
    """The overview page of `otto`, an operator of the account `demo` who is not an administrator."""
    return on_overview(new_page("otto"))


@pytest.fixture
def deployer(new_page: NewPage) -> Page:
    """The overview page of `dora`, whose team deploys the services `web*` of the cluster `shop`."""
    return on_overview(new_page("dora"))


def on_overview(page: Page) -> Page:
    page.goto("/")
    return page


def signed_in(page: Page, live_app: LiveApp, link: str) -> Page:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_app.url}/")
    return page


def recording_errors(page: Page, browser_errors: list[str]) -> Page:
    """Return the page, which records its errors. It is in front: under load Chromium gave one that was not no focus."""
    page.bring_to_front()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: browser_errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: browser_errors.append(str(error)))
    page.on("request", lambda request: _record_foreign_host(request.url, browser_errors))
    return page


def _record_foreign_host(address: str, browser_errors: list[str]) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in {"data", "blob"} and host != LOOPBACK and not host.endswith("localhost"):
        browser_errors.append(f"a request left this machine: {address}")
