"""The four steps by hand and WordPress by its blueprint, by somebody who is no administrator: each ends with a site
that answers, and twice with the same history when simulated time is stepped by hand."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request
from support.processes import Family

from tests import environment
from tests.browser.conftest import CALM, LiveApp, listened_to, signed_in, start_product, stop_product
from tests.browser.four_steps import a_site_from_nothing
from tests.browser.test_wordpress import wordpress_by_blueprint
from tests.processes import until

pytestmark = pytest.mark.slow
STEP_SECONDS = 30
SERVICES = {"steps": ["site"], "blog": ["blog", "blog-mysql"]}
#: Operations that nobody is at, whose last turn has looked whether a wait is over: one that AWS or we ourselves
#: throttled has seen nothing. While the rows are locked no other turn begins.
LOOKED = """
    SELECT id, fence FROM operations_operation WHERE state = 'waiting' AND lease_until IS NULL AND NOT EXISTS (
        SELECT FROM operations_operationstep AS step
        WHERE step.operation_id = operations_operation.id AND step.ended_at IS NULL AND step.error <> '{}')
    FOR UPDATE
"""
IDS = re.compile(r"[0-9a-f]{8,}|\d+\.\d+\.\d+\.\d+|\b(i|eni|subnet|sg)-[0-9a-f]+")


def test_the_main_job_in_the_browser_has_the_same_history_twice(
    family: Family, chromium: Browser, complaints: list[str]
) -> None:
    first, second = (run(family, chromium, name, complaints) for name in ("first", "second"))
    assert complaints == []
    assert len([event for event in first if "steady state" in str(event)]) >= 3
    assert second == first


def run(family: Family, chromium: Browser, name: str, complaints: list[str]) -> list[Any]:
    app = start_product(family, name, speed=0)
    context = chromium.new_context(base_url=app.url, **CALM)
    try:
        page = listened_to(context.new_page(), complaints)
        signed_in(page, app, app.link_of("otto"))
        began = app.sandbox.step(1)
        with stepped(app, Onlooker(page)):
            a_site_from_nothing(page)
            wordpress_by_blueprint(page)
        return history(app, began)
    finally:
        context.close()
        stop_product(family, name)


class Onlooker:
    """Somebody at the page of an operation, which keeps itself up to date."""

    def __init__(self, page: Page) -> None:
        self._began: dict[Request, float] = {}
        self._latest = 0.0
        page.on("request", lambda request: self._began.update({request: time.monotonic()}))
        page.on("requestfinished", self._answered)

    def _answered(self, request: Request) -> None:
        if "/operations/" in request.url:
            self._latest = max(self._latest, self._began[request])

    def has_asked_since(self, moment: float) -> bool:
        """And was answered."""
        return self._latest > moment


@contextmanager
def stepped(app: LiveApp, onlooker: Onlooker) -> Iterator[None]:
    """One step for each time that the product has looked whether a wait is over, once the page says what it saw."""
    done = threading.Event()
    database = app.settings["DATABASE_URL"].rpartition("/")[2]

    def shown(looked: float) -> bool:
        return done.is_set() or onlooker.has_asked_since(looked)

    def pace() -> None:
        seen: dict[str, int] = {}
        with psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname=database, autocommit=True) as rows:
            while not done.wait(0.05):
                with rows.transaction():
                    for key, fence in rows.execute(LOOKED).fetchall():
                        if seen.get(key) != fence:
                            seen[key] = fence
                            until(partial(shown, time.monotonic()))
                            app.sandbox.step(STEP_SECONDS)

    pacer = threading.Thread(target=pace)
    pacer.start()
    try:
        yield
    finally:
        done.set()
        pacer.join()


def history(app: LiveApp, began: float) -> list[Any]:
    """What the services' events and tasks tell, with simulated seconds since the beginning, without random names."""
    ecs = app.sandbox.client("ecs")
    told: list[Any] = []
    for cluster, names in SERVICES.items():
        for service in ecs.describe_services(cluster=cluster, services=names)["services"]:
            told += [
                (service["serviceName"], round(event["createdAt"].timestamp() - began), IDS.sub("#", event["message"]))
                for event in reversed(service["events"])
            ]
        found = ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster)["taskArns"])["tasks"]
        told += sorted(
            (task["group"], task["lastStatus"], round(task["createdAt"].timestamp() - began)) for task in found
        )
    return told
