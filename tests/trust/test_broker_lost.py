"""The broker is killed while operations run, and restarts empty: pages stay available and no operation is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from support import assets, product
from support.environment import clean
from support.processes import Family, free_port
from support.servers import start_valkey, wait_for_page, wait_for_port

from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Draft, Operation
from tests.operations.drive import review
from tests.processes import REGION, Sandbox, product_settings, until
from tests.trust.signed_in_client import SignedInClient
from tests.users import person

pytestmark = pytest.mark.slow
PARALLEL = 6
PAGES = ["/", f"/demo/{REGION}/clusters/", f"/demo/{REGION}/services/", f"/demo/{REGION}/tasks/", "/operations/"]


@dataclass
class Product:
    """Web server, worker and beat of an installation, with a broker that can be killed."""

    family: Family
    port: int
    broker_port: int
    directory: Path
    environment: dict[str, str]

    def start_broker(self) -> None:
        start_valkey(self.family, self.directory, self.broker_port)
        wait_for_port(self.family, "valkey", self.broker_port)

    def start(self) -> None:
        assets.ensure(product.ROOT, self.environment)
        self.start_broker()
        commands = {"web": product.web(self.port), "worker": product.worker("trust"), "beat": product.beat()}
        for name, command in commands.items():
            self.family.start(name, command, self.environment, cwd=product.ROOT)
        wait_for_page(self.family, "web", f"http://127.0.0.1:{self.port}/healthz")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Family]:
    """The processes of one installation, stopped at the end of the test."""
    children = Family(tmp_path / "logs")
    yield children
    children.close()


@pytest.fixture
def installation(
    transactional_db: None, sandbox: Sandbox, aws_account: Account, tree: Family, tmp_path: Path
) -> Product:
    broker_port = free_port()
    settings = product_settings(str(connection.settings_dict["NAME"]), f"redis://127.0.0.1:{broker_port}/0", sandbox)
    running = Product(tree, free_port(), broker_port, tmp_path / "broker", clean(settings))
    running.start()
    return running


def drafts(user: User, account: Account, prefix: str) -> list[Draft]:
    tags = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
    form = {"template": "fargate", "container_insights": "disabled", **tags}
    at = {"account": "demo", "region": REGION}
    scope = Scope(account, REGION)
    return [
        review("create_cluster", user, scope, at, {**form, "name": f"{prefix}-{number}"}) for number in range(PARALLEL)
    ]


def confirm(client: SignedInClient, draft: Draft) -> None:
    status, location = client.post(f"/plans/{draft.pk}/confirm/", reason="")
    assert (status, location) == (302, f"/operations/{draft.pk}/")


def states() -> set[str]:
    return set(Operation.objects.values_list("state", flat=True))


def test_a_broker_that_restarts_empty_loses_no_operation(
    installation: Product, sandbox: Sandbox, aws_account: Account
) -> None:
    user = person("operator", Role.OPERATOR, account="demo")
    client = SignedInClient.signed_in(installation.port, user)
    sweep_now(Scope(aws_account, REGION), "clusters", "capacity_providers")
    before, meanwhile = drafts(user, aws_account, "before"), drafts(user, aws_account, "meanwhile")
    until(lambda: client.get("/readyz") == 200, 90, every=0.2)

    for draft in before:
        confirm(client, draft)
    installation.family.kill("valkey")

    for draft in meanwhile:
        confirm(client, draft)
        pages = [*PAGES, f"/operations/{draft.pk}/"]
        assert {page: client.get(page) for page in pages} == dict.fromkeys(pages, 200)
    assert client.get("/readyz") == 503
    assert "pending" in states()

    installation.start_broker()
    until(lambda: states() <= {"succeeded", "failed", "errored"}, 90)
    assert states() == {"succeeded"}
    made = {arn.rpartition("/")[2] for arn in sandbox.client("ecs").list_clusters()["clusterArns"]}
    assert made == {draft.resource_name for draft in [*before, *meanwhile]}
    until(lambda: client.get("/readyz") == 200, 60, every=0.2)


def test_readiness_follows_the_worker(installation: Product) -> None:
    client = SignedInClient(installation.port, "")
    until(lambda: client.get("/readyz") == 200, 90, every=0.2)
    installation.family.kill("worker")
    until(lambda: client.get("/readyz") == 503, 60, every=0.2)
    assert client.get("/healthz") == 200
    installation.family.start("worker", product.worker("trust"), installation.environment, cwd=product.ROOT)
    until(lambda: client.get("/readyz") == 200, 90, every=0.2)
