"""An HTTP client of a running product, signed in as a user."""

from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.test import Client
from support.processes import LOOPBACK

from ecsdash.access.models import User

CSRF = "c" * 32


@dataclass(frozen=True)
class SignedInClient:
    port: int
    session: str

    @classmethod
    def signed_in(cls, port: int, user: User) -> "SignedInClient":
        client = Client()
        client.force_login(user)
        return cls(port, client.cookies["sessionid"].value)

    def get(self, path: str) -> int:
        """Return the status of a page."""
        return self._request("GET", path, {})[0]

    def post(self, path: str, **data: str) -> tuple[int, str]:
        """Submit a form. Return the status and the URL that the response redirects to."""
        return self._request("POST", path, {**data, "csrfmiddlewaretoken": CSRF})

    def _request(self, method: str, path: str, data: dict[str, str]) -> tuple[int, str]:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(data), headers)
            response = connection.getresponse()
            response.read()
            return response.status, response.getheader("Location", "")
        finally:
            connection.close()
