"""Live sections on the real web server while resources, grants and sessions change."""

from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from support import assets, product
from support.environment import clean
from support.processes import LOOPBACK, Family, free_port
from support.servers import start_valkey, wait_for_page, wait_for_port

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.inventory import changes
from ecsdash.inventory.models import Account, SweepState
from services.models import Service
from tests import environment
from tests.processes import REGION, until
from tests.users import create_grant, make_account, person

pytestmark = pytest.mark.slow
LIST = f"/demo/{REGION}/services/?fragment=services"
UPDATE_SECONDS = 15  # much less than a ticket is valid


class Watcher:
    """A browser with one live section open."""

    def __init__(self, port: int, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.session = self.client.cookies["sessionid"].value
        self.port, self.tag, self.body = port, "", ""

    def poll(self) -> int:
        """Poll once. Return the status."""
        http = HTTPConnection(LOOPBACK, self.port, timeout=30)
        headers = {"Cookie": f"sessionid={self.session}", **({"HX-PTag": self.tag} if self.tag else {})}
        http.request("GET", LIST, headers=headers)
        response = http.getresponse()
        body = response.read().decode()
        http.close()
        self.body = body or self.body
        self.tag = response.headers.get("HX-PTag", self.tag)
        return response.status

    def wait_for_ticket(self) -> None:
        """Poll until the server has issued a ticket."""
        until(lambda: self.poll() == 304 and "~" in self.tag, 60)

    def gets(self, status: int) -> Callable[[], bool]:
        return lambda: self.poll() == status


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Family]:
    children = Family(tmp_path / "logs")
    yield children
    children.close()


@pytest.fixture
def fleet(transactional_db: None) -> Account:
    """An account with one service, without sweeps."""
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    for noun in ("services", "clusters"):
        SweepState.objects.create(account=account, region=REGION, noun=noun, completed_at="2030-01-01T00:00Z")
    add_service(account, "web")
    return account


def add_service(account: Account, name: str) -> None:
    Service.objects.create(
        account=account, region=REGION, arn=f"arn:aws:ecs:{REGION}:123456789012:service/shop/{name}", name=name,
        cluster_name="shop", observed_at="2030-01-01T00:00Z",
    )  # fmt: skip
    changes.bump(account, REGION, "services")


@pytest.fixture
def web(fleet: Account, tree: Family, tmp_path: Path, settings: object) -> tuple[int, int]:
    """The ports of a web server and of the Valkey that publishes changes to it."""
    valkey, port = free_port(), free_port()
    start_valkey(tree, tmp_path / "valkey", valkey)
    wait_for_port(tree, "valkey", valkey)
    redis_url = f"redis://{LOOPBACK}:{valkey}/0"
    settings.REDIS_URL = redis_url  # type: ignore[attr-defined]
    variables = {
        "SECRET_KEY": settings.SECRET_KEY,  # type: ignore[attr-defined]
        "HTTPS": "false",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"postgres:///{environment.DIRECTORY / 'postgres'}/{connection.settings_dict['NAME']}",
        "REDIS_URL": redis_url,
    }
    assets.ensure(product.ROOT, clean(variables))
    tree.start("web", product.web(port), clean(variables), cwd=product.ROOT)
    wait_for_page(tree, "web", f"http://{LOOPBACK}:{port}/healthz")
    return port, valkey


def test_viewers_see_changes_until_they_lose_access(
    web: tuple[int, int], fleet: Account, tree: Family, tmp_path: Path
) -> None:
    port, valkey = web
    viewer, other = Watcher(port, person("vera", Role.VIEWER, account="demo")), Watcher(port, person("olga"))
    grant = create_grant(Role.VIEWER, "demo", user=User.objects.get(username="olga"))
    leaver = Watcher(port, person("dan", Role.VIEWER, account="demo"))
    for watcher in (viewer, other, leaver):
        watcher.wait_for_ticket()

    add_service(fleet, "api")
    for watcher in (viewer, other):
        until(watcher.gets(200), UPDATE_SECONDS)
        assert "/services/shop/api/" in watcher.body
        assert watcher.session not in watcher.body

    grant.delete()
    until(other.gets(404), UPDATE_SECONDS)
    leaver.client.logout()
    until(leaver.gets(302), UPDATE_SECONDS)
    assert viewer.poll() == 304

    tree.kill("valkey")
    add_service(fleet, "worker")
    until(viewer.gets(200), UPDATE_SECONDS)
    assert "/services/shop/worker/" in viewer.body

    start_valkey(tree, tmp_path / "valkey", valkey)
    wait_for_port(tree, "valkey", valkey)
    viewer.wait_for_ticket()
