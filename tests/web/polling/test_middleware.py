"""The polling middleware: which polls it answers from memory, and which it passes to Django."""

import threading
import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.middleware import PollingMiddleware
from tests.web.polling.fake_page import Answer, Browser, Page, change

EXPIRED_SECONDS = 60  # a ticket has expired by then, but its page still counts as viewed


def test_polls_of_an_unchanged_section_do_not_reach_django(ann: Browser, page: Page) -> None:
    page.asked.clear()
    assert [ann.poll().status for _ in range(3)] == [304, 304, 304]
    assert page.asked == []


def test_a_change_is_rendered_once_for_all_viewers_with_the_same_grants(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    change(middleware, page)
    page.asked.clear()
    first, second = ann.poll(), bob.poll()
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body == "all 1.eu.services:2"
    assert page.asked == ["ann"]


def test_a_shared_fragment_contains_nothing_personal(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    change(middleware, page)
    ann.poll()
    answer = bob.poll()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["HX-PTag"] != ann.tag


def test_other_grants_get_another_fragment(ann: Browser, middleware: PollingMiddleware, page: Page) -> None:
    eve = Browser(middleware, "eve")
    eve.poll()
    change(middleware, page)
    ann.poll()
    assert eve.poll().body == "little 1.eu.services:2"
    assert page.asked[-1] == "eve"


def test_a_change_without_effect_on_the_content_is_answered_without_a_body(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    page.look = "the same"
    change(middleware, page)
    ann.poll()
    bob.poll()
    change(middleware, page)
    ann.poll()
    page.asked.clear()
    assert [bob.poll().status, bob.poll().status] == [304, 304]
    assert page.asked == []


def test_parallel_polls_of_a_changed_section_cause_one_rendering(middleware: PollingMiddleware, page: Page) -> None:
    browsers = [Browser(middleware, session) for session in ["ann", "bob"] * 4]
    for browser in browsers:
        browser.poll()
    change(middleware, page)
    page.asked.clear()
    page.hold = threading.Event()
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda each=each: answers.append(each.poll())) for each in browsers]
    for thread in threads:
        thread.start()
    page.hold.set()
    for thread in threads:
        thread.join()
    assert len(page.asked) == 1
    assert {(answer.status, answer.body) for answer in answers} == {(200, "all 1.eu.services:2")}


def test_without_trusted_counters_all_polls_reach_django(
    ann: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    middleware.listener.counters.trusted_until = 0
    page.asked.clear()
    ann.poll()
    assert page.asked == ["ann"]


def test_a_fragment_read_while_a_counter_changed_is_not_shared(middleware: PollingMiddleware, page: Page) -> None:
    """The view may have read the rows before the change and the counter after it."""
    page.values["1.eu.services"] = 2  # committed; the notification has not arrived yet
    ann = Browser(middleware, "ann")
    ann.poll()
    assert ann.tag == ""


def test_a_counter_never_goes_back() -> None:
    counters = Counters()
    counters.update({"1.eu.services": 3})
    counters.update({"1.eu.services": 2})
    assert counters.unchanged([("1.eu.services", 3)])


def test_while_the_database_is_away_django_answers_a_poll_with_an_expired_ticket(
    middleware: PollingMiddleware, ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(session: str) -> str:
        raise OperationalError("gone")

    ann.poll()
    monkeypatch.setattr(middleware, "fingerprint_of", away)
    later = SimpleNamespace(time=lambda: time.time() + EXPIRED_SECONDS, monotonic=time.monotonic)
    monkeypatch.setattr("ecsdash.web.polling.middleware.time", later)
    page.asked.clear()
    ann.poll()
    assert page.asked == ["ann"]
