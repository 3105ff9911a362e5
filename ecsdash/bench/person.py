"""Somebody signed in, who opens pages and sends forms as a browser does."""

from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.test import Client

from ecsdash.access.models import User
from ecsdash.bench.stage import Stage

CSRF = "b" * 32


class Person:
    def __init__(self, servers: Stage) -> None:
        self.connection = HTTPConnection("127.0.0.1", servers.web_port, timeout=60)
        client = Client()
        client.force_login(User.objects.get_or_create(username="bench", is_superuser=True)[0])
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"

    def get(self, path: str) -> tuple[int, str]:
        """The status and the page."""
        return self._ask("GET", path, "")[:2]

    def post(self, path: str, data: Mapping[str, str | list[str]]) -> str:
        """Where the answer leads."""
        status, text, location = self._ask("POST", path, urlencode({**data, "csrfmiddlewaretoken": CSRF}, doseq=True))
        if status != 302:
            raise RuntimeError(f"{path} answered {status}: {text[:2000]}")
        return location

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")
