"""The middleware before Django: when a poll is answered from memory, and when it must not be."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ecsdash.web.polling import tickets
from ecsdash.web.polling.counters import Counters, Version
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.middleware import CONTEXT, PollContext, PollingMiddleware
from ecsdash.web.polling.tickets import Binding, Ticket

PATH, QUERY = "/demo/eu-central-1/services/", "fragment=services"


@dataclass
class Page:
    """A page as Django would answer it. `rights` are those of each session; `values` stand in the database."""

    rights: dict[str, str] = field(default_factory=lambda: {"ann": "all", "bob": "all", "eve": "little"})
    values: dict[str, int] = field(default_factory=lambda: {"1.eu.services": 1})
    look: str = ""
    asked: list[str] = field(default_factory=list)
    viewed: list[str] = field(default_factory=list)
    hold: threading.Event | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        binding, context = Binding.of(environ), environ[CONTEXT]
        self.asked.append(binding.session)
        if self.hold:
            self.hold.wait(5)
        if binding.session not in self.rights:
            start("403 Forbidden", [])
            return iter([b"no"])
        rights, version = self.rights[binding.session], Version.of(self.values)
        look = self.look or str(version)
        headers = [("Content-Type", "text/html"), ("Set-Cookie", f"mine={binding.session}")]
        if isinstance(context, PollContext) and context.listener.counters.known_before(version, context.began):
            context.rendered = Ticket.issue(
                f"tag-{version.counters[0][1]}", look, rights, context.checked_at, version.counters
            )
            headers.append(("HX-PTag", context.rendered.header(binding)))
        start("200 OK", headers)
        return iter([f"{rights} {version}".encode()])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Browser:
    middleware: PollingMiddleware
    session: str
    tag: str = ""

    def poll(self, query: str = QUERY, tag: str | None = None, rows: str = "", path: str = PATH) -> Answer:
        cookies = f"sessionid={self.session}" + (f"; rows={rows}" if rows else "")
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": cookies}
        if sent := (self.tag if tag is None else tag):
            environ["HTTP_HX_PTAG"] = sent
        heads: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self.middleware(environ, lambda *head: heads.append(head)))  # type: ignore[arg-type]
        headers = dict(heads[-1][1])
        self.tag = headers.get("HX-PTag", self.tag)
        return Answer(int(heads[-1][0][:3]), headers, body.decode())


class Silent(Listener):
    """Nobody tells anything unless the test does."""

    def start(self) -> None:
        pass


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def middleware(page: Page) -> PollingMiddleware:
    counters = Counters()
    counters.trusted_until = time.monotonic() + 600
    counters.update(page.values)
    return PollingMiddleware(
        page, Silent(counters, lambda names: {}), lambda session: page.rights.get(session, ""), page.viewed.extend
    )


@pytest.fixture
def ann(middleware: PollingMiddleware) -> Browser:
    """She has seen the section and holds its ticket."""
    browser = Browser(middleware, "ann")
    browser.poll()
    return browser


@pytest.fixture
def bob(middleware: PollingMiddleware) -> Browser:
    """He has the same rights as Ann."""
    browser = Browser(middleware, "bob")
    browser.poll()
    return browser


def move(middleware: PollingMiddleware, page: Page) -> None:
    page.values["1.eu.services"] += 1
    middleware.listener.counters.update(page.values)


def test_an_unchanged_section_is_not_djangos_work(ann: Browser, page: Page) -> None:
    page.asked.clear()
    assert [ann.poll().status for _ in range(3)] == [304, 304, 304]
    assert page.asked == []


def test_a_change_is_rendered_once_for_all_with_the_same_rights(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    move(middleware, page)
    page.asked.clear()
    first, second = ann.poll(), bob.poll()
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body == "all 1.eu.services:2"
    assert page.asked == ["ann"]


def test_what_is_shared_carries_nothing_of_the_person_it_was_rendered_for(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    move(middleware, page)
    ann.poll()
    answer = bob.poll()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["HX-PTag"] != ann.tag


def test_who_has_other_rights_is_given_another_section(ann: Browser, middleware: PollingMiddleware, page: Page) -> None:
    eve = Browser(middleware, "eve")
    eve.poll()
    move(middleware, page)
    ann.poll()
    assert eve.poll().body == "little 1.eu.services:2"
    assert page.asked[-1] == "eve"


def test_a_change_that_does_not_show_is_answered_without_a_body(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    page.look = "the same"
    move(middleware, page)
    ann.poll()
    bob.poll()
    move(middleware, page)
    ann.poll()
    page.asked.clear()
    assert [bob.poll().status, bob.poll().status] == [304, 304]
    assert page.asked == []


def test_many_who_wait_for_the_same_section_cause_one_rendering(middleware: PollingMiddleware, page: Page) -> None:
    browsers = [Browser(middleware, session) for session in ["ann", "bob"] * 4]
    for browser in browsers:
        browser.poll()
    move(middleware, page)
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


@pytest.mark.parametrize(
    "otherwise",
    [
        {"query": "fragment=services&q=web"},
        {"path": "/demo/us-east-1/services/"},
        {"rows": "250"},
    ],
)
def test_a_ticket_is_good_for_its_own_address_and_page_size_only(
    ann: Browser, page: Page, otherwise: dict[str, str]
) -> None:
    page.asked.clear()
    ann.poll(**otherwise)
    assert page.asked == ["ann"]


def test_a_ticket_in_somebody_elses_hands_is_worth_nothing(
    ann: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    assert Browser(middleware, "mallory").poll(tag=ann.tag).status == 403
    assert Browser(middleware, "").poll(tag=ann.tag).status == 403


def test_a_ticket_that_was_altered_is_worth_nothing(ann: Browser, page: Page) -> None:
    page.asked.clear()
    for altered in (ann.tag.replace("~", "~A"), ann.tag[:-1], ann.tag + "A", "~" * 6, "x~y", "~"):
        ann.poll(tag=altered)
    assert page.asked == ["ann"] * 6


def test_changed_access_voids_every_ticket_at_once(ann: Browser, middleware: PollingMiddleware, page: Page) -> None:
    del page.rights["ann"]
    assert ann.poll().status == 304
    middleware.listener.access_changed_at = time.time()
    assert ann.poll().status == 403


def test_the_end_of_a_session_voids_its_tickets_only(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    page.asked.clear()
    middleware.listener.ended_sessions[tickets.session_digest("ann")] = time.time()
    ann.poll()
    bob.poll()
    assert page.asked == ["ann"]


def test_without_a_word_a_revocation_is_seen_within_a_minute(
    ann: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the section changes all the time: what others had rendered does not prolong a ticket."""
    del page.rights["ann"]
    now = time.time()
    statuses = []
    for second in range(0, 60, 2):
        monkeypatch.setattr(time, "time", lambda second=second: now + second)
        move(middleware, page)
        Browser(middleware, "bob").poll()
        statuses.append(ann.poll().status)
    assert statuses[0] == 200
    assert statuses[-5:] == [403] * 5


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: now)


def test_a_ticket_that_has_run_out_is_renewed_without_django(
    ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.asked.clear()
    before = ann.tag
    at(monkeypatch, tickets.LONGEST_SECONDS + 1)
    assert [ann.poll().status, ann.poll().status] == [304, 304]
    assert page.asked == []
    assert ann.tag != before
    assert page.viewed == ["1.eu.services"]


def test_who_comes_late_is_given_what_others_had_rendered(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(middleware, page)
    ann.poll()
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST_SECONDS + 1)
    assert bob.poll().body == "all 1.eu.services:2"
    assert page.asked == []


@pytest.mark.parametrize("rights", ["", "little"])
def test_a_ticket_is_not_renewed_for_who_has_other_rights_now(
    ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch, rights: str
) -> None:
    page.rights["ann"] = rights
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_now_and_then_django_decides_anew(ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, tickets.VIEW_SECONDS - 1)
    ann.poll()
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_a_renewed_ticket_is_as_void_as_others_when_access_changes(
    ann: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, tickets.LONGEST_SECONDS + 1)
    ann.poll()
    page.asked.clear()
    middleware.listener.access_changed_at = time.time()
    ann.poll()
    assert page.asked == ["ann"]


def test_tickets_that_will_not_be_shown_again_are_forgotten(
    ann: Browser, bob: Browser, middleware: PollingMiddleware, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a section goes on: renewed, admitted again by Django, or refused."""
    for seconds in range(0, 2 * tickets.VIEW_SECONDS, tickets.LONGEST_SECONDS + 1):
        at(monkeypatch, seconds)
        ann.poll()
        bob.poll()
    middleware.listener.access_changed_at = time.time()
    ann.poll()
    bob.poll()
    assert len(middleware._verified) <= 2


def test_counters_that_are_not_trusted_leave_everything_to_django(
    ann: Browser, middleware: PollingMiddleware, page: Page
) -> None:
    middleware.listener.counters.trusted_until = 0
    page.asked.clear()
    ann.poll()
    assert page.asked == ["ann"]


def test_what_was_read_while_a_counter_moved_is_not_shared(middleware: PollingMiddleware, page: Page) -> None:
    """The view may have read the rows before the change and the counter after it."""
    page.values["1.eu.services"] = 2  # committed; the word of it is still on its way
    ann = Browser(middleware, "ann")
    ann.poll()
    assert ann.tag == ""


def test_a_counter_never_goes_back() -> None:
    counters = Counters()
    counters.update({"1.eu.services": 3})
    counters.update({"1.eu.services": 2})
    assert counters.unchanged([("1.eu.services", 3)])
