"""The Caddyfile of compose, run by a real Caddy in front of the real web server."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from support import product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import wait_for_port

from ecsdash.audit.models import AuditEvent
from tests.operating.floods import LOGIN
from tests.operating.web_server import start_web

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("caddy"), reason="not run: there is no caddy on the PATH"),
]
CLIENT = "127.0.0.9"


class Site:
    """The dashboard as browsers reach it: HTTPS on one port, HTTP on another."""

    def __init__(self, https: int, http: int) -> None:
        self.https, self.http = https, http
        self.context = ssl._create_unverified_context()  # the certificate of Caddy's own authority

    def connect(self) -> HTTPSConnection:
        return HTTPSConnection("localhost", self.https, timeout=15, context=self.context, source_address=(CLIENT, 0))

    def request(self, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
        connection = self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": "localhost", **sent})
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response


def caddyfile(https: int, http: int, storage: Path) -> str:
    """Return the Caddyfile with the ports of this test, on loopback. Before 2.7, buffering has another name."""
    text = (product.ROOT / "Caddyfile").read_text()
    here = f"http_port {http}\n\thttps_port {https}\n\tdefault_bind {LOOPBACK}\n\tskip_install_trust"
    text = text.replace("\tadmin off\n", f"\tadmin off\n\t{here}\n\tstorage file_system {storage}\n", 1)
    version = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    major, minor = map(int, re.findall(r"\d+", version)[:2])
    return text if (major, minor) >= (2, 7) else text.replace("request_buffers 3MB", "buffer_requests")


@pytest.fixture
def site(transactional_db: None, family: Family, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    web = start_web(family, settings, HTTPS="true", BEHIND_PROXY="true")
    site = Site(free_port(), free_port())
    (tmp_path / "Caddyfile").write_text(caddyfile(site.https, site.http, tmp_path / "storage"))
    variables = {**clean({"SITE": "localhost", "UPSTREAM": f"{LOOPBACK}:{web}"}), "HOME": str(tmp_path)}
    family.start("caddy", [str(shutil.which("caddy")), "run", "--config", str(tmp_path / "Caddyfile")], variables)
    wait_for_port(family, "caddy", site.https)
    yield site
    family.stop("caddy", "operating-web")


def test_the_proxy_of_compose_serves_the_dashboard_and_bounds_its_clients(site: Site) -> None:
    page = site.request("GET", LOGIN)
    assert page.status == 200
    assert "max-age" in page.headers["Strict-Transport-Security"]
    assert "Secure" in page.headers["Set-Cookie"]
    assert [site.request("GET", path).status for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]
    assert redirect_of(site.http) == 308

    assert site.request("POST", LOGIN, "x" * 4_000_000).status in (413, 502)  # the latter from an older Caddy
    cookie = re.match(r"[^;]+", page.headers["Set-Cookie"])
    assert cookie
    waiting = [half_sent_form(site, cookie.group()) for _ in range(40)]
    fail_to_sign_in(site, page, cookie.group())
    assert AuditEvent.objects.get(action="sign_in").source_ip == CLIENT
    for connection in waiting:
        connection.close()


def redirect_of(port: int) -> int:
    connection = HTTPConnection(LOOPBACK, port, timeout=15)
    connection.request("GET", "/", headers={"Host": "localhost"})
    status = connection.getresponse().status
    connection.close()
    return status


def half_sent_form(site: Site, cookie: str) -> socket.socket:
    connection = socket.create_connection((LOOPBACK, site.https), 15, (CLIENT, 0))
    encrypted = site.context.wrap_socket(connection, server_hostname="localhost")
    encrypted.sendall(
        f"POST {LOGIN} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Length: 99\r\n\r\n".encode()
    )
    return encrypted


def fail_to_sign_in(site: Site, page: Any, cookie: str) -> None:
    """Send a wrong password, from an address that the client claims in vain to be another."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())
    assert token
    form = f"csrfmiddlewaretoken={token.group(1)}&login=ada&password=wrong"
    sent = {
        "Cookie": cookie,
        "Content_Type": "application/x-www-form-urlencoded",
        "Referer": f"https://localhost{LOGIN}",
    }
    answer = site.request("POST", LOGIN, form, X_Forwarded_For="203.0.113.5", **sent)
    assert answer.status == 200
