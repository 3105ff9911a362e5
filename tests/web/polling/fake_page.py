"""A fake page behind the polling middleware, and browsers that poll it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.middleware import CONTEXT, PollContext, PollingMiddleware
from ecsdash.web.polling.tickets import Binding, Ticket

PATH, QUERY = "/demo/eu-central-1/services/", "fragment=services"


@dataclass
class Page:
    """A fake Django with one page. `rights`: session -> grants; `values`: change counters in the database."""

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


class SilentListener(Listener):
    """A listener without a connection. Tests set its counters."""

    def start(self) -> None:
        pass


def change(middleware: PollingMiddleware, page: Page) -> None:
    page.values["1.eu.services"] += 1
    middleware.listener.counters.update(page.values)
