"""A real browser on the whole product: web server, worker, beat, PostgreSQL, Valkey, a simulated AWS that moves."""

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
#: Nothing moves but what a test moves: a bar that sweeps to and fro costs as much as the pages themselves.
CALM: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
NAMES = ["live", "first", "second"]  # of the installations that one process may start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@dataclass(frozen=True)
class LiveApp:
    """The running product. `settings` are those of its processes, for management commands beside it."""

    url: str
    sandbox: Sandbox
    settings: dict[str, str]
    forked: ForkedProcesses

    def link_of(self, username: str) -> str:
        """A fresh one-time link of somebody in the demo: `demo` administrates it, `otto` operates the account, `dora`
        deploys the shop."""
        asked = f"User.objects.get(username={username!r})"
        return self.shell(
            "from ecsdash.access.models import User\nfrom ecsdash.demo import sign_in_links\n"
            f"print(sign_in_links.link({asked}))"
        ).strip()

    def shell(self, code: str) -> str:
        """Run Python inside the product's Django, to arrange what pages cannot."""
        return self.forked.manage("shell", "--verbosity", "0", "--command", code)


@pytest.fixture(scope="package")
def live_app(family: Family) -> Iterator[LiveApp]:
    """Ends with the last test of this folder: what runs on would take the others' time."""
    yield start_product(family, "live", speed=SPEED)
    stop_product(family, "live")


def start_product(family: Family, name: str, *, speed: float) -> LiveApp:
    """A whole installation on a database of its own; `name` sets its processes apart from those of another."""
    database = f"{name}_{environment.XDIST or 'alone'}"
    databases.copy(database)
    redis_url = f"{environment.REDIS_URL.rsplit('/', 1)[0]}/{32 + 4 * environment.PROCESS + NAMES.index(name)}"
    sandbox = Sandbox(family, f"{name}-sandbox", speed=speed, estate="small")
    settings = product_settings(database, redis_url, sandbox, DEMO="true", BANNER="SIMULATED AWS")
    forked = ForkedProcesses(family, f"{name}-forked", settings)
    app = LiveApp(f"http://{LOOPBACK}:{free_port()}", sandbox, settings, forked)
    link = environment.DIRECTORY / f"sign-in-link-{database}"
    forked.manage("demo_seed", "--link", str(link), ECSDASH_DEMO_PASSWORD=PASSWORD)
    surroundings = clean(settings)
    assets.ensure(product.ROOT, surroundings)
    family.start(f"{name}-web", product.web(urlsplit(app.url).port or 0), surroundings, cwd=product.ROOT)
    forked.start(f"{name}-worker", product.worker(name))
    forked.start(f"{name}-beat", product.beat())
    wait_for_page(family, f"{name}-web", f"{app.url}/healthz")
    return app


def stop_product(family: Family, name: str) -> None:
    family.stop(*(child for child in family.children if child.startswith(f"{name}-")))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Playwright's synchronous API keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.installed(), args=browser.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: errors on the console, reports of the content policy, foreign addresses.
    A test fails when one is left at its end; a test that provokes one takes it out."""
    return []


class People:
    """Who has signed in on the running product: once each, then every test goes on from the cookies of then."""

    def __init__(self, chromium: Browser, app: LiveApp) -> None:
        self.chromium, self.app = chromium, app
        self.cookies: dict[str, StorageState] = {}

    def context(self, person: str | None) -> BrowserContext:
        if person and person not in self.cookies:
            with self.context(None) as first:
                signed_in(first.new_page(), self.app, self.app.link_of(person))
                self.cookies[person] = first.storage_state()
        known = self.cookies[person] if person else None
        return self.chromium.new_context(base_url=self.app.url, storage_state=known, **CALM)


@pytest.fixture(scope="package")
def people(chromium: Browser, live_app: LiveApp) -> People:
    return People(chromium, live_app)


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(people: People, complaints: list[str]) -> Iterator[NewPage]:
    """Open pages that know nothing of each other: one for each person, who has signed in, or for nobody."""
    contexts = []

    def make(person: str | None = None) -> Page:
        context = people.context(person)
        contexts.append(context)
        return listened_to(context.new_page(), complaints)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of the administrator `demo`, on the overview."""
    return at_home(new_page("demo"))


@pytest.fixture
def operator(new_page: NewPage) -> Page:
    """A page of `otto`, who may change everything in the account `demo` and is no administrator."""
    return at_home(new_page("otto"))


@pytest.fixture
def deployer(new_page: NewPage) -> Page:
    """A page of `dora`, whose team deploys the services `web*` of the cluster `shop`."""
    return at_home(new_page("dora"))


def at_home(page: Page) -> Page:
    page.goto("/")
    return page


def signed_in(page: Page, live_app: LiveApp, link: str) -> Page:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_app.url}/")
    return page


def listened_to(page: Page, complaints: list[str]) -> Page:
    page.set_default_timeout(15_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _complain_of_foreign(request.url, complaints))
    return page


def _complain_of_foreign(address: str, complaints: list[str]) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in {"data", "blob"} and host != LOOPBACK and not host.endswith("localhost"):
        complaints.append(f"a request left this machine: {address}")
