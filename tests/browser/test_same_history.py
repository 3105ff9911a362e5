"""The four steps by hand and WordPress by its blueprint, by a user who is not an administrator. Each ends with a
working site. Two runs have the same history when simulated time is stepped by hand."""

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
from tests.browser.conftest import CONTEXT_OPTIONS, LiveApp, recording_errors, signed_in, start_product, stop_product
from tests.browser.four_steps import run_four_steps
from tests.browser.test_wordpress import wordpress_by_blueprint
from tests.processes import until

pytestmark = pytest.mark.slow
STEP_SECONDS = 30
#: Sweeps cost most of the time of a run that waits for the steps of simulated time.
SELDOM = {"SWEEP_IN_PROGRESS_SECONDS": "10", "SWEEP_VIEWED_SECONDS": "10"}
SERVICES = {"steps": ["site"], "blog": ["blog", "blog-mysql"]}
#: Idle operations that have checked at the end of their last turn whether a wait is over. A throttled turn does not
#: count. The row locks prevent a new turn.
CHECKED_WAITS = """
    SELECT id, fence FROM operations_operation WHERE state = 'waiting' AND lease_until IS NULL AND NOT EXISTS (
        SELECT FROM operations_operationstep AS step
        WHERE step.operation_id = operations_operation.id AND step.ended_at IS NULL AND step.error <> '{}')
    FOR UPDATE
"""
IDS = re.compile(r"[0-9a-f]{8,}|\d+\.\d+\.\d+\.\d+|\b(i|eni|subnet|sg)-[0-9a-f]+")


def test_the_main_tasks_in_the_browser_have_the_same_history_twice(
    family: Family, chromium: Browser, browser_errors: list[str]
) -> None:
    first, second = (run(family, chromium, name, browser_errors) for name in ("first", "second"))
    assert browser_errors == []
    assert len([event for event in first if "steady state" in str(event)]) >= 3
    assert second == first


def run(family: Family, chromium: Browser, name: str, browser_errors: list[str]) -> list[Any]:
    app = start_product(family, name, speed=0, **SELDOM)
    context = chromium.new_context(base_url=app.url, **CONTEXT_OPTIONS)
    try:
        page = recording_errors(context.new_page(), browser_errors)
        signed_in(page, app, app.sign_in_link("otto"))
        began = app.sandbox.step(1)
        with stepped(app, PollObserver(page)):
            run_four_steps(page)
            wordpress_by_blueprint(page)
        return history(app, began)
    finally:
        context.close()
        stop_product(family, name)


class PollObserver:
    """Records when the live page of an operation last sent a request that has been answered."""

    def __init__(self, page: Page) -> None:
        self._began: dict[Request, float] = {}
        self._latest = 0.0
        page.on("request", lambda request: self._began.update({request: time.monotonic()}))
        page.on("requestfinished", self._answered)

    def _answered(self, request: Request) -> None:
        if "/operations/" in request.url:
            self._latest = max(self._latest, self._began[request])

    def has_polled_since(self, moment: float) -> bool:
        """Return whether a request after this moment has been answered."""
        return self._latest > moment


@contextmanager
def stepped(app: LiveApp, observer: PollObserver) -> Iterator[None]:
    """Step simulated time once for each check of a wait by the product, after the page has shown its result."""
    done = threading.Event()
    database = app.settings["DATABASE_URL"].rpartition("/")[2]

    def shown(checked: float) -> bool:
        return done.is_set() or observer.has_polled_since(checked)

    def step_time() -> None:
        seen: dict[str, int] = {}
        with psycopg.connect(host=str(environment.DIRECTORY / "postgres"), dbname=database, autocommit=True) as rows:
            while not done.wait(0.05):
                with rows.transaction():
                    for key, fence in rows.execute(CHECKED_WAITS).fetchall():
                        if seen.get(key) != fence:
                            seen[key] = fence
                            until(partial(shown, time.monotonic()))
                            app.sandbox.step(STEP_SECONDS)

    stepper = threading.Thread(target=step_time)
    stepper.start()
    try:
        yield
    finally:
        done.set()
        stepper.join()


def history(app: LiveApp, began: float) -> list[Any]:
    """Return the events and tasks of the services with simulated seconds since the start, without random names."""
    ecs = app.sandbox.client("ecs")
    entries: list[Any] = []
    for cluster, names in SERVICES.items():
        for service in ecs.describe_services(cluster=cluster, services=names)["services"]:
            entries += [
                (service["serviceName"], round(event["createdAt"].timestamp() - began), IDS.sub("#", event["message"]))
                for event in reversed(service["events"])
            ]
        found = ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster)["taskArns"])["tasks"]
        entries += sorted(
            (task["group"], task["lastStatus"], round(task["createdAt"].timestamp() - began)) for task in found
        )
    return entries
