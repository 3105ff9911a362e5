import time

import pytest

from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.middleware import PollingMiddleware
from tests.web.polling.fake_page import Browser, Page, SilentListener


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def middleware(page: Page) -> PollingMiddleware:
    counters = Counters()
    counters.trusted_until = time.monotonic() + 600
    counters.update(page.values)
    return PollingMiddleware(
        page,
        SilentListener(counters, lambda names: {}),
        lambda session: page.rights.get(session, ""),
        page.viewed.extend,
    )


@pytest.fixture
def ann(middleware: PollingMiddleware) -> Browser:
    """A browser that shows the section and has its ticket."""
    browser = Browser(middleware, "ann")
    browser.poll()
    return browser


@pytest.fixture
def bob(middleware: PollingMiddleware) -> Browser:
    """A browser with the same grants as `ann`."""
    browser = Browser(middleware, "bob")
    browser.poll()
    return browser
