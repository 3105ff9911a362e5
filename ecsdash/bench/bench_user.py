"""An HTTP client of a signed-in administrator: opens pages and submits forms like a browser."""

from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.test import Client

from ecsdash.access.models import User
from ecsdash.bench.servers import BenchServers, wait_until
from ecsdash.operations.models import Draft

CSRF = "b" * 32


class BenchUser:
    def __init__(self, servers: BenchServers) -> None:
        self.connection = HTTPConnection("127.0.0.1", servers.web_port, timeout=60)
        client = Client()
        client.force_login(User.objects.get_or_create(username="bench", is_superuser=True)[0])
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the page."""
        return self._request("GET", path, "")[:2]

    def post(self, path: str, data: Mapping[str, str | list[str]]) -> str:
        """Submit a form. Return the URL that the response redirects to."""
        status, text, location = self._request(
            "POST", path, urlencode({**data, "csrfmiddlewaretoken": CSRF}, doseq=True)
        )
        if status != 302:
            raise RuntimeError(f"{path} returned status {status}: {text[:2000]}")
        return location

    def _request(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode(), response.headers.get("Location", "")


def await_checks() -> None:
    """Wait until the checks that call AWS have ended in all reviews."""
    wait_until(lambda: all(len(each.checked) >= len(each.plan.live_checks) for each in Draft.objects.all()), 60)
