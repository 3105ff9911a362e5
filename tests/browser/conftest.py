"""A real browser on the whole product: web server, worker, beat, PostgreSQL, Valkey, a simulated AWS that moves."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support import assets, browser, product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import wait_for_page

from tests import environment
from tests.processes import Sandbox, manage, product_settings

HERE = Path(__file__).parent
PASSWORD = "demo password of the tests"
SPEED = 20
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
    link: Path

    def sign_in_path(self) -> str:
        """A fresh one-time link of the user `demo`."""
        manage(self.settings, "demo_seed", "--link", str(self.link), ECSDASH_DEMO_PASSWORD=PASSWORD)
        return self.link.read_text()

    def link_of(self, username: str) -> str:
        """A fresh one-time link of somebody else in the demo: `otto` operates the account, `dora` deploys the shop."""
        asked = f"User.objects.get(username={username!r})"
        return self.shell(
            f"from ecsdash.access import onetime\nfrom ecsdash.access.models import User\nprint(onetime.link({asked}))"
        ).strip()

    def shell(self, code: str) -> str:
        """Run Python inside the product's Django, to arrange what pages cannot."""
        return manage(self.settings, "shell", "--verbosity", "0", "--command", code)


@pytest.fixture(scope="session")
def live_app(family: Family) -> LiveApp:
    return start_product(family, "live", speed=SPEED)


def start_product(family: Family, name: str, *, speed: float) -> LiveApp:
    """A whole installation on a database of its own; `name` sets its processes apart from those of another."""
    database = f"{name}_{environment.XDIST or 'alone'}"
    with psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {database}")
    redis_url = f"{environment.REDIS_URL.rsplit('/', 1)[0]}/{32 + 4 * environment.PROCESS + NAMES.index(name)}"
    sandbox = Sandbox(family, f"{name}-sandbox", speed=speed, estate="small")
    settings = product_settings(database, redis_url, sandbox, DEMO="true", BANNER="SIMULATED AWS")
    link = environment.DIRECTORY / f"sign-in-link-{name}"
    app = LiveApp(f"http://{LOOPBACK}:{free_port()}", sandbox, settings, link)
    manage(settings, "demo_seed", "--migrate", "--link", str(link), ECSDASH_DEMO_PASSWORD=PASSWORD)
    surroundings = clean(settings)
    assets.ensure(product.ROOT, surroundings)
    port = urlsplit(app.url).port or 0
    commands = {"web": product.web(port), "worker": product.worker(name), "beat": product.beat()}
    for process, command in commands.items():
        family.start(f"{name}-{process}", command, surroundings, cwd=product.ROOT)
    wait_for_page(family, f"{name}-web", f"{app.url}/healthz")
    return app


def stop_product(family: Family, name: str) -> None:
    family.stop(*(child for child in family.children if child.startswith(f"{name}-")))


@pytest.fixture(scope="session")
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


@pytest.fixture
def new_page(chromium: Browser, live_app: LiveApp, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    """Open pages that know nothing of each other: one for each person."""
    contexts = []

    def make() -> Page:
        context = chromium.new_context(base_url=live_app.url, viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _complain_of_foreign(request.url, complaints))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[[], Page], live_app: LiveApp) -> Page:
    """A page on which the administrator `demo` has signed in."""
    return signed_in(new_page(), live_app, live_app.sign_in_path())


@pytest.fixture
def operator(new_page: Callable[[], Page], live_app: LiveApp) -> Page:
    """A page of `otto`, who may change everything in the account `demo` and is no administrator."""
    return signed_in(new_page(), live_app, live_app.link_of("otto"))


@pytest.fixture
def deployer(new_page: Callable[[], Page], live_app: LiveApp) -> Page:
    """A page of `dora`, whose team deploys the services `web*` of the cluster `shop`."""
    return signed_in(new_page(), live_app, live_app.link_of("dora"))


def signed_in(page: Page, live_app: LiveApp, link: str) -> Page:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_app.url}/")
    return page


def _complain_of_foreign(address: str, complaints: list[str]) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in {"data", "blob"} and host != LOOPBACK and not host.endswith("localhost"):
        complaints.append(f"a request left this machine: {address}")
