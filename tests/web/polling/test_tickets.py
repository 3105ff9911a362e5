"""Tickets of polls: for whom and how long they are valid, and how they are renewed."""

import time

import pytest

from ecsdash.web.polling import tickets
from ecsdash.web.polling.middleware import PollingMiddleware
from tests.web.polling.fake_page import Browser, Page, change


@pytest.mark.parametrize(
    "otherwise",
    [
        {"query": "fragment=services&q=web"},
        {"path": "/demo/us-east-1/services/"},
        {"rows": "250"},
    ],
)
def test_a_ticket_is_valid_for_its_own_url_and_page_size_only(
    ann: Browser, page: Page, otherwise: dict[str, str]
) -> None:
    page.asked.clear()
    ann.poll(**otherwise)
    assert page.asked == ["ann"]


def test_a_ticket_is_invalid_in_another_session(ann: Browser, middleware: PollingMiddleware, page: Page) -> None:
    assert Browser(middleware, "mallory").poll(tag=ann.tag).status == 403
    assert Browser(middleware, "").poll(tag=ann.tag).status == 403


def test_an_altered_ticket_is_invalid(ann: Browser, page: Page) -> None:
    page.asked.clear()
    for altered in (ann.tag.replace("~", "~A"), ann.tag[:-1], ann.tag + "A", "~" * 6, "x~y", "~"):
        ann.poll(tag=altered)
    assert page.asked == ["ann"] * 6


def test_a_change_of_access_invalidates_all_tickets(ann: Browser, middleware: PollingMiddleware, page: Page) -> None:
    del page.rights["ann"]
    assert ann.poll().status == 304
    middleware.listener.access_changed_at = time.time()
    assert ann.poll().status == 403


def test_the_end_of_a_session_invalidates_its_own_tickets_only(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    page.asked.clear()
    middleware.listener.ended_sessions[tickets.session_digest("ann")] = time.time()
    ann.poll()
    bob.poll()
    assert page.asked == ["ann"]


def test_a_revocation_without_notification_takes_effect_within_a_minute(
    ann: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the section changes all the time: a shared fragment does not extend a ticket."""
    del page.rights["ann"]
    now = time.time()
    statuses = []
    for second in range(0, 60, 2):
        monkeypatch.setattr(time, "time", lambda second=second: now + second)
        change(middleware, page)
        Browser(middleware, "bob").poll()
        statuses.append(ann.poll().status)
    assert statuses[0] == 200
    assert statuses[-5:] == [403] * 5


def set_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: now)


def test_an_expired_ticket_is_renewed_without_django(ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.asked.clear()
    before = ann.tag
    set_time(monkeypatch, tickets.LONGEST_SECONDS + 1)
    assert [ann.poll().status, ann.poll().status] == [304, 304]
    assert page.asked == []
    assert ann.tag != before
    assert page.viewed == ["1.eu.services"]


def test_a_late_poll_gets_the_fragment_rendered_for_others(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(middleware, page)
    ann.poll()
    page.asked.clear()
    set_time(monkeypatch, tickets.LONGEST_SECONDS + 1)
    assert bob.poll().body == "all 1.eu.services:2"
    assert page.asked == []


@pytest.mark.parametrize("rights", ["", "little"])
def test_a_ticket_is_not_renewed_after_a_change_of_grants(
    ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch, rights: str
) -> None:
    page.rights["ann"] = rights
    page.asked.clear()
    set_time(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_django_renews_a_ticket_from_time_to_time(ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    set_time(monkeypatch, tickets.VIEW_SECONDS - 1)
    ann.poll()
    page.asked.clear()
    set_time(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_a_change_of_access_invalidates_renewed_tickets_as_well(
    ann: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_time(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    page.asked.clear()
    middleware.listener.access_changed_at = time.time()
    ann.poll()
    assert page.asked == ["ann"]


def test_replaced_tickets_are_removed_from_memory(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a ticket is renewed, replaced by Django or refused."""
    for seconds in range(0, 2 * tickets.VIEW_SECONDS, tickets.LONGEST_SECONDS + 1):
        set_time(monkeypatch, seconds)
        ann.poll()
        bob.poll()
    middleware.listener.access_changed_at = time.time()
    ann.poll()
    bob.poll()
    assert len(middleware._verified) <= 2
