"""Clients without a session that try to stop a web server on the loopback interface, and viewers who measure it."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from support.processes import LOOPBACK

LOGIN = "/account/login/"
ATTACKERS = range(2, 52)  # the last number of their addresses; viewers come from 127.0.0.1
Attack = Callable[[int], None]


def half_sent_form(port: int) -> None:
    """Send half of the sign-in form, which Django would read for its CSRF token, and wait for what the server does."""
    cookie = f"Cookie: csrftoken={'c' * 32}\r\nContent-Type: application/x-www-form-urlencoded"
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {LOOPBACK}\r\n{cookie}\r\nContent-Length: 100\r\n\r\n"
    _send(port, head + "login=", wait=4)


def huge_body(port: int) -> None:
    """Announce 300 MB and begin to send them."""
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Length: 300000000\r\n\r\n"
    _send(port, head + "x" * 200_000, wait=2)


def endless_chunks(port: int) -> None:
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {LOOPBACK}\r\nTransfer-Encoding: chunked\r\n\r\n"
    _send(port, head + "5\r\nlogin\r\n" * 50, wait=2)


def long_address(port: int) -> None:
    _send(port, f"GET /demo/{'a-' * 10_000} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n", wait=2)


def half_sent_header(port: int) -> None:
    _send(port, f"GET / HTTP/1.1\r\nHost: {LOOPBACK}\r\nX-Slow: ", wait=2)


def forged_session(port: int) -> None:
    """Ask for a page with a session that does not exist."""
    _send(port, f"GET /settings/ HTTP/1.1\r\nHost: {LOOPBACK}\r\nCookie: sessionid=forged\r\n\r\n", wait=2)


def sign_in_page(port: int) -> None:
    _send(port, f"GET {LOGIN} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n", wait=2)


#: How many clients do each of these at once, again and again.
ATTACKS: dict[Attack, int] = {
    half_sent_form: 50,
    huge_body: 2,
    endless_chunks: 2,
    long_address: 2,
    half_sent_header: 40,
    forged_session: 4,
    sign_in_page: 4,
}


def _send(port: int, text: str, *, wait: float) -> None:
    source = (f"127.0.0.{random.choice(ATTACKERS)}", 0)
    with suppress(OSError), socket.create_connection((LOOPBACK, port), wait, source) as connection:
        connection.sendall(text.encode())
        connection.recv(1024)


@contextmanager
def flooded(port: int) -> Iterator[None]:
    """Run all attacks until the block ends."""
    over = threading.Event()

    def repeat(attack: Attack) -> None:
        while not over.wait(0.01):
            attack(port)

    clients = [threading.Thread(target=repeat, args=(each,)) for each, count in ATTACKS.items() for _ in range(count)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        over.set()
        for client in clients:
            client.join()


@dataclass
class Viewers:
    """People with sessions who open pages, and the seconds that each took."""

    port: int
    sessions: list[str]
    pages: list[str]
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def watch(self, duration: float) -> None:
        threads = [threading.Thread(target=self._watch, args=(session, duration)) for session in self.sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    def _watch(self, session: str, duration: float) -> None:
        """Open all pages, again and again until the duration is over."""
        until = time.monotonic() + duration
        while True:
            for page in self.pages:
                self._open(session, page)
                time.sleep(0.02)
            if time.monotonic() > until:
                return

    def _open(self, session: str, page: str) -> None:
        began = time.monotonic()
        try:
            connection = HTTPConnection(LOOPBACK, self.port, timeout=10)
            connection.request("GET", page, headers={"Cookie": f"sessionid={session}"})
            status = connection.getresponse().status
            connection.close()
        except (OSError, HTTPException) as error:
            self.failures.append(f"{page}: {error!r}")
            return
        self.seconds.append(time.monotonic() - began)
        if status != 200:
            self.failures.append(f"{page}: {status}")


def try_to_sign_in(port: int) -> int:
    """Send the sign-in form, again after the time that a refusal names. Return the last status."""
    for _ in range(8):
        connection = HTTPConnection(LOOPBACK, port, timeout=10)
        connection.request(
            "POST", LOGIN, "login=vera&password=x", {"Content-Type": "application/x-www-form-urlencoded"}
        )
        response = connection.getresponse()
        connection.close()
        if response.status not in (429, 503):
            break
        time.sleep(float(response.headers["Retry-After"]))
    return response.status
