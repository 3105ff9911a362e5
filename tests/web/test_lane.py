"""The lane before Django: when a poll is answered from memory, and when it must not be."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ecsdash.web.polling import tickets
from ecsdash.web.polling.counters import Counters, Version
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.middleware import ASK, Ask, Lane
from ecsdash.web.polling.tickets import Pass, Place

PATH, QUERY = "/demo/eu-central-1/services/", "fragment=services"


@dataclass
class Page:
    """A page as Django would answer it. `rights` are those of each session; `values` stand in the database."""

    rights: dict[str, str] = field(default_factory=lambda: {"ann": "all", "bob": "all", "eve": "little"})
    values: dict[str, int] = field(default_factory=lambda: {"1.eu.services": 1})
    look: str = ""
    asked: list[str] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    hold: threading.Event | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        place, ask = Place.of(environ), environ[ASK]
        self.asked.append(place.session)
        if self.hold:
            self.hold.wait(5)
        if place.session not in self.rights:
            start("403 Forbidden", [])
            return iter([b"no"])
        rights, version = self.rights[place.session], Version.of(self.values)
        look = self.look or str(version)
        headers = [("Content-Type", "text/html"), ("Set-Cookie", f"mine={place.session}")]
        if isinstance(ask, Ask) and ask.listener.counters.settled(version, ask.began):
            ask.rendered = Pass.issue(f"tag-{version.counters[0][1]}", look, rights, ask.checked, version.counters)
            headers.append(("HX-PTag", ask.rendered.signed(place)))
        start("200 OK", headers)
        return iter([f"{rights} {version}".encode()])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Browser:
    lane: Lane
    session: str
    tag: str = ""

    def poll(self, query: str = QUERY, tag: str | None = None, rows: str = "", path: str = PATH) -> Answer:
        cookies = f"sessionid={self.session}" + (f"; rows={rows}" if rows else "")
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": cookies}
        if sent := (self.tag if tag is None else tag):
            environ["HTTP_HX_PTAG"] = sent
        heads: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self.lane(environ, lambda *head: heads.append(head)))  # type: ignore[arg-type]
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
def lane(page: Page) -> Lane:
    counters = Counters()
    counters.trusted_until = time.monotonic() + 600
    counters.hear(page.values)
    return Lane(
        page, Silent(counters, lambda names: {}), lambda session: page.rights.get(session, ""), page.watched.extend
    )


@pytest.fixture
def ann(lane: Lane) -> Browser:
    """She has seen the section and holds its pass."""
    browser = Browser(lane, "ann")
    browser.poll()
    return browser


@pytest.fixture
def bob(lane: Lane) -> Browser:
    """He has the same rights as Ann."""
    browser = Browser(lane, "bob")
    browser.poll()
    return browser


def move(lane: Lane, page: Page) -> None:
    page.values["1.eu.services"] += 1
    lane.listener.counters.hear(page.values)


def test_an_unchanged_section_is_not_djangos_work(ann: Browser, page: Page) -> None:
    page.asked.clear()
    assert [ann.poll().status for _ in range(3)] == [304, 304, 304]
    assert page.asked == []


def test_a_change_is_rendered_once_for_all_with_the_same_rights(
    ann: Browser, bob: Browser, lane: Lane, page: Page
) -> None:
    move(lane, page)
    page.asked.clear()
    first, second = ann.poll(), bob.poll()
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body == "all 1.eu.services:2"
    assert page.asked == ["ann"]


def test_what_is_shared_carries_nothing_of_the_person_it_was_rendered_for(
    ann: Browser, bob: Browser, lane: Lane, page: Page
) -> None:
    move(lane, page)
    ann.poll()
    answer = bob.poll()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["HX-PTag"] != ann.tag


def test_who_has_other_rights_is_given_another_section(ann: Browser, lane: Lane, page: Page) -> None:
    eve = Browser(lane, "eve")
    eve.poll()
    move(lane, page)
    ann.poll()
    assert eve.poll().body == "little 1.eu.services:2"
    assert page.asked[-1] == "eve"


def test_a_change_that_does_not_show_is_answered_without_a_body(
    ann: Browser, bob: Browser, lane: Lane, page: Page
) -> None:
    page.look = "the same"
    move(lane, page)
    ann.poll()
    bob.poll()
    move(lane, page)
    ann.poll()
    page.asked.clear()
    assert [bob.poll().status, bob.poll().status] == [304, 304]
    assert page.asked == []


def test_many_who_wait_for_the_same_section_cause_one_rendering(lane: Lane, page: Page) -> None:
    browsers = [Browser(lane, session) for session in ["ann", "bob"] * 4]
    for browser in browsers:
        browser.poll()
    move(lane, page)
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
def test_a_pass_is_good_for_its_own_address_and_page_size_only(
    ann: Browser, page: Page, otherwise: dict[str, str]
) -> None:
    page.asked.clear()
    ann.poll(**otherwise)
    assert page.asked == ["ann"]


def test_a_pass_in_somebody_elses_hands_is_worth_nothing(ann: Browser, lane: Lane, page: Page) -> None:
    assert Browser(lane, "mallory").poll(tag=ann.tag).status == 403
    assert Browser(lane, "").poll(tag=ann.tag).status == 403


def test_a_pass_that_was_written_on_is_worth_nothing(ann: Browser, page: Page) -> None:
    page.asked.clear()
    for written in (ann.tag.replace("all", "ALL"), ann.tag[:-1], ann.tag + "A", "~" * 6, "x~y", "~"):
        ann.poll(tag=written)
    assert page.asked == ["ann"] * 6


def test_changed_access_voids_every_pass_at_once(ann: Browser, lane: Lane, page: Page) -> None:
    del page.rights["ann"]
    assert ann.poll().status == 304
    lane.listener.voided_at = time.time()
    assert ann.poll().status == 403


def test_the_end_of_a_session_voids_its_passes_only(ann: Browser, bob: Browser, lane: Lane, page: Page) -> None:
    page.asked.clear()
    lane.listener.ended[tickets.session_mark("ann")] = time.time()
    ann.poll()
    bob.poll()
    assert page.asked == ["ann"]


def test_without_a_word_a_revocation_is_seen_within_a_minute(
    ann: Browser, lane: Lane, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the section changes all the time: what others had rendered does not prolong a pass."""
    del page.rights["ann"]
    now = time.time()
    statuses = []
    for second in range(0, 60, 2):
        monkeypatch.setattr(time, "time", lambda second=second: now + second)
        move(lane, page)
        Browser(lane, "bob").poll()
        statuses.append(ann.poll().status)
    assert statuses[0] == 200
    assert statuses[-5:] == [403] * 5


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: now)


def test_a_pass_that_has_run_out_is_renewed_without_django(
    ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.asked.clear()
    before = ann.tag
    at(monkeypatch, tickets.LONGEST + 1)
    assert [ann.poll().status, ann.poll().status] == [304, 304]
    assert page.asked == []
    assert ann.tag != before
    assert page.watched == ["1.eu.services"]


def test_who_comes_late_is_given_what_others_had_rendered(
    ann: Browser, bob: Browser, lane: Lane, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(lane, page)
    ann.poll()
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST + 1)
    assert bob.poll().body == "all 1.eu.services:2"
    assert page.asked == []


@pytest.mark.parametrize("rights", ["", "little"])
def test_a_pass_is_not_renewed_for_who_has_other_rights_now(
    ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch, rights: str
) -> None:
    page.rights["ann"] = rights
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_now_and_then_django_decides_anew(ann: Browser, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, tickets.ADMITTED - 1)
    ann.poll()
    page.asked.clear()
    at(monkeypatch, tickets.LONGEST + 1)
    ann.poll()
    assert page.asked == ["ann"]


def test_a_renewed_pass_is_as_void_as_others_when_access_changes(
    ann: Browser, lane: Lane, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, tickets.LONGEST + 1)
    ann.poll()
    page.asked.clear()
    lane.listener.voided_at = time.time()
    ann.poll()
    assert page.asked == ["ann"]


def test_passes_that_will_not_be_shown_again_are_forgotten(
    ann: Browser, bob: Browser, lane: Lane, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a section goes on: renewed, admitted again by Django, or refused."""
    for seconds in range(0, 2 * tickets.ADMITTED, tickets.LONGEST + 1):
        at(monkeypatch, seconds)
        ann.poll()
        bob.poll()
    lane.listener.voided_at = time.time()
    ann.poll()
    bob.poll()
    assert len(lane._verified) <= 2


def test_counters_that_are_not_trusted_leave_everything_to_django(ann: Browser, lane: Lane, page: Page) -> None:
    lane.listener.counters.trusted_until = 0
    page.asked.clear()
    ann.poll()
    assert page.asked == ["ann"]


def test_what_was_read_while_a_counter_moved_is_not_shared(lane: Lane, page: Page) -> None:
    """The view may have read the rows before the change and the counter after it."""
    page.values["1.eu.services"] = 2  # committed; the word of it is still on its way
    ann = Browser(lane, "ann")
    ann.poll()
    assert ann.tag == ""


def test_a_counter_never_goes_back() -> None:
    counters = Counters()
    counters.hear({"1.eu.services": 3})
    counters.hear({"1.eu.services": 2})
    assert counters.unmoved([("1.eu.services", 3)])
