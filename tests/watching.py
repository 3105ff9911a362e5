"""A browser tab that watches one live section through the middleware, in the process of the test."""

import time
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.test.client import RequestFactory

from ecsdash.access.models import User
from ecsdash.audit.models import COUNTER
from ecsdash.audit.selectors import newest
from ecsdash.inventory import changes
from ecsdash.inventory.models import ChangeCounter
from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.middleware import PollingMiddleware


class Hearing(Listener):
    """Receives what the test publishes."""

    def start(self) -> None:
        pass


class Django(WSGIHandler):
    """Leaves the connection of the test open."""

    def __call__(self, environ: Any, start: Any) -> Any:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            answer: Any = super().__call__(environ, start)
            body = list(answer)
            answer.close()
            return body
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


def middleware() -> PollingMiddleware:
    counters = Counters()
    counters.trusted_until = time.monotonic() + 600
    return PollingMiddleware(Django(), Hearing(counters, lambda names: {}), lambda session: "", changes.note_viewed)


def cookies_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


@dataclass
class Tab:
    """`path` is the address that the section polls."""

    middleware: PollingMiddleware
    user: User
    path: str
    tag: str = ""

    def __post_init__(self) -> None:
        self.cookies = cookies_of(self.user)
        for _ in range(3):
            self.poll()
        assert "~" in self.tag, "no pass was given"

    def poll(self) -> tuple[int, str]:
        """Return the status and the updated content."""
        request = RequestFactory(headers={"HX-PTag": self.tag, "Cookie": self.cookies}).get(self.path)
        heads: list[tuple[str, Any]] = []
        body = b"".join(self.middleware(request.META, lambda *head: heads.append(head)))  # type: ignore[arg-type]
        self.tag = dict(heads[-1][1]).get("HX-PTag", self.tag)
        return int(heads[-1][0][:3]), body.decode()

    def hear(self) -> None:
        """The counters as the database has them; the tab's process is told them after each commit."""
        rows = ChangeCounter.objects.values_list("account_id", "region", "noun", "value")
        values = {f"{account}.{region}.{noun}": value for account, region, noun, value in rows}
        self.middleware.listener.counters.update(values | {COUNTER: newest()})
