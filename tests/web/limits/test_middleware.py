"""What a client without a session may send, and what it takes from others."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

import pytest

from ecsdash.web.limits import bodies
from ecsdash.web.limits.middleware import SIGNED_IN_BYTES, STRANGER_BYTES, RequestLimits


class EndlessBody(BytesIO):
    """A body that never comes, until its client leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.left = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.left.wait(10)
        return b"log"


@dataclass
class Site:
    """A fake Django behind the limits, with one user whose session is `ann`."""

    asked: list[bytes] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    closed: int = 0

    def __post_init__(self) -> None:
        self.limits = RequestLimits(self, lambda e: e["REMOTE_ADDR"], lambda e: e["session"], self.is_signed_in)
        self.limits.of_strangers.seconds = self.limits.of_signed_in.seconds = 0.01

    def is_signed_in(self, session: str) -> bool:
        self.lookups.append(session)
        return session == "ann"

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        self.asked.append(environ["wsgi.input"].read())
        start("200 OK", [])
        return iter([b"o", b"k"])

    def get(self, path: str = "/", address: str = "192.0.2.1", session: str = "") -> tuple[int, dict[str, str]]:
        return self.send("GET", path, None, None, address, session)

    def post(
        self, body: bytes | IO[bytes], length: object = None, address: str = "192.0.2.1", session: str = ""
    ) -> tuple[int, dict[str, str]]:
        if isinstance(body, bytes):
            return self.send("POST", "/", BytesIO(body), len(body) if length is None else length, address, session)
        return self.send("POST", "/", body, 100, address, session)

    def send(
        self, method: str, path: str, body: IO[bytes] | None, length: object, address: str, session: str, **more: str
    ) -> tuple[int, dict[str, str]]:
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "REMOTE_ADDR": address,
            "session": session, "wsgi.input": body, "CONTENT_LENGTH": str(length or ""), **more,
        }  # fmt: skip
        heads: list[tuple[str, list[tuple[str, str]]]] = []
        assert b"".join(self.limits(environ, lambda *head: heads.append(head)))  # type: ignore[arg-type]
        return int(heads[-1][0][:3]), dict(heads[-1][1])


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(bodies, "BRIEF_SECONDS", 0.5)
    return Site()


def test_a_form_without_a_session_reaches_django(site: Site) -> None:
    assert site.post(b"login=ann")[0] == 200
    assert site.asked == [b"login=ann"]


@pytest.mark.parametrize(
    ("length", "session", "status"),
    [
        (300_000_000, "", 413),
        (300_000_000, "ann", 413),
        (STRANGER_BYTES + 1, "", 413),
        (STRANGER_BYTES + 1, "forged", 413),
        (SIGNED_IN_BYTES + 1, "ann", 413),
        ("ten", "", 411),
        ("-1", "ann", 411),
        (10, "", 400),  # of which three came
    ],
)
def test_a_body_that_is_too_long_or_incomplete_is_refused(
    site: Site, length: object, session: str, status: int
) -> None:
    answer, headers = site.post(b"log", length, session=session)
    assert (answer, headers["Connection"]) == (status, "close")
    assert site.asked == []


def test_a_signed_in_client_may_send_a_large_form(site: Site) -> None:
    assert site.post(b"x" * (STRANGER_BYTES + 1), session="ann")[0] == 200


def test_chunks_are_refused(site: Site) -> None:
    answer = site.send("POST", "/", BytesIO(b"5\r\nlogin"), "", "192.0.2.1", "ann", HTTP_TRANSFER_ENCODING="chunked")
    assert answer[0] == 411


def test_a_body_of_a_get_is_not_read(site: Site) -> None:
    assert site.send("GET", "/", EndlessBody(), 100, "192.0.2.1", "")[0] == 200


def test_an_address_of_twenty_kilobytes_is_refused(site: Site) -> None:
    assert site.get("/" + "a" * 20_000, session="ann")[0] == 414


def test_bodies_that_do_not_come_stop_nobody_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BRIEF_SECONDS", 0.01)
    endless = [EndlessBody() for _ in range(100)]
    answers = [site.post(body, address=f"192.0.2.{number % 20}") for number, body in enumerate(endless)]
    assert {status for status, _ in answers} == {408, 503}
    assert threading.active_count() < 80
    monkeypatch.setattr(bodies, "BRIEF_SECONDS", 0.5)
    assert site.post(b"change", address="192.0.2.99", session="ann")[0] == 200
    assert site.get(address="192.0.2.99")[0] == 200
    for body in endless:
        body.left.set()


def test_an_address_that_sends_half_forms_has_soon_spent_its_budget(site: Site) -> None:
    answers = [site.post(b"log", 10) for _ in range(8)]
    assert [status for status, _ in answers].count(429) >= 2
    assert int(answers[-1][1]["Retry-After"]) >= 1
    assert site.get(address="192.0.2.2")[0] == 200


def test_too_many_requests_of_one_address_stop_no_other_and_no_known_session(site: Site) -> None:
    assert site.get(session="ann")[0] == 200
    flood = [site.get()[0] for _ in range(400)]
    assert flood[:300] == [200] * 300
    assert flood.count(429) > 80
    assert site.get(session="ann")[0] == 200
    assert site.get(address="192.0.2.2")[0] == 200
    assert site.get("/healthz")[0] == 200


def test_a_session_is_looked_up_once(site: Site) -> None:
    for _ in range(3):
        assert site.get(session="ann")[0] == 200
    assert site.lookups == ["ann"]


def test_forged_sessions_are_looked_up_within_the_budget_only(site: Site) -> None:
    answers = [site.get(session=f"forged-{number}")[0] for number in range(400)]
    assert answers.count(429) > 80
    assert len(site.lookups) < 320
