"""The drill: a backup is restored into another database, and its operations and inventory meet AWS again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.access.permissions import Role
from ecsdash.audit import checkpoints
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.verify import verify
from ecsdash.inventory.models import Account, ChangeCounter
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.lease import Lease
from ecsdash.operations.models import Operation
from tests import databases, environment
from tests.clusters.world import NO_ROWS
from tests.operations.drive import drive, start
from tests.processes import REGION, Sandbox
from tests.users import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)
DRILL = f"drill_{environment.PROCESS}"


def connect_to(database: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = database


@contextmanager
def another_database() -> Iterator[None]:
    """Let Django's connection be that of an empty database with all tables."""
    before = str(connection.settings_dict["NAME"])
    databases.copy(DRILL)
    connect_to(DRILL)
    try:
        yield
    finally:
        connect_to(before)
        with databases.server() as server:
            server.execute(f"DROP DATABASE {DRILL} WITH (FORCE)")


def create_cluster(user: User, account: Account, name: str) -> Operation:
    data = {"name": name, "template": "fargate", "container_insights": "disabled", **NO_ROWS}
    place = {"account": account.alias, "region": REGION}
    return start("create_cluster", user, Scope(account, REGION), place, data)


def names(sandbox: Sandbox) -> list[str]:
    return sorted(arn.rpartition("/")[2] for arn in sandbox.client("ecs").list_clusters()["clusterArns"])


def test_a_restored_installation_goes_on_where_aws_is_by_now(
    aws_account: Account, sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    settings.AUDIT_CHECKPOINTS = [(tmp_path / "outside").as_uri()]
    user, scope, ecs = person("ada", Role.ADMIN), Scope(aws_account, REGION), sandbox.client("ecs")
    ecs.create_cluster(clusterName="deleted-later")
    sweep_now(scope, "clusters")
    pending = create_cluster(user, aws_account, "pending")
    running = create_cluster(user, aws_account, "running")
    assert Lease.claim(running.pk)
    checkpoint, counter = checkpoints.take(), ChangeCounter.objects.get(noun="clusters").value
    assert checkpoint
    call_command("backup", tmp_path / "backup.zip")

    Operation.objects.update(lease_until=None)
    assert drive(running, sandbox).state == "succeeded"  # which the backup does not know
    ecs.delete_cluster(cluster="deleted-later")
    ecs.create_cluster(clusterName="made-later")

    with another_database():
        call_command("restore", tmp_path / "backup.zip")

        assert authenticate(username="ada", password=PASSWORD) == User.objects.get()
        assert ChangeCounter.objects.get(noun="clusters").value > counter + 1000
        for operation in (pending, running):
            operation.refresh_from_db()
            assert operation.state == ("pending" if operation == pending else "running")
            drive(operation, sandbox)
        assert pending.state == "succeeded"
        assert running.state in ("succeeded", "failed"), running.error  # it finds what it has made after the backup
        assert names(sandbox) == ["made-later", "pending", "running"]
        sweep_now(Scope(Account.objects.get(), REGION), "clusters")
        assert set(Cluster.objects.filter(gone_at=None).values_list("name", flat=True)) == set(names(sandbox))
        assert Cluster.objects.get(name="deleted-later").gone_at
        assert verify().intact
        assert AuditEvent.objects.count() > checkpoint.count
        person("new", Role.VIEWER)  # keys go on after those of the backup


def refused(path: Path, why: str) -> None:
    with another_database():
        with pytest.raises(CommandError, match=why):
            call_command("restore", path)
        assert not User.objects.exists()


def rewritten(path: Path, change: str) -> Path:
    """Return a copy of the archive in which one member is different."""
    copy = path.with_name(f"{change.replace('/', '-')}.zip")
    with ZipFile(path) as old, ZipFile(copy, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"ada", b"eve") if name == change else content)
    return copy


def test_a_backup_that_is_not_ours_or_does_not_fit_is_refused_as_a_whole(
    transactional_db: None, tmp_path: Path, settings: Settings
) -> None:
    person("ada", Role.ADMIN)
    path = tmp_path / "backup.zip"
    call_command("backup", path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists"):
        call_command("backup", path)
    with pytest.raises(CommandError, match="already: create a new, empty one"):
        call_command("restore", path)
    refused(rewritten(path, "tables/access_user"), "not as it was when the backup was made")
    (tmp_path / "text.zip").write_text("no archive")
    refused(tmp_path / "text.zip", "cannot be read")
    settings.SECRET_KEY = "another-key-of-production" * 3
    refused(path, "another ECSDASH_SECRET_KEY")


def test_a_backup_holds_no_sessions_and_no_plain_values(client: Any, transactional_db: None, tmp_path: Path) -> None:
    client.force_login(person("ada"))
    call_command("backup", tmp_path / "backup.zip")
    with ZipFile(tmp_path / "backup.zip") as archive:
        assert not {"tables/django_session", "tables/django_migrations"} & set(archive.namelist())
        assert b"ada" in archive.read("tables/access_user")


def test_a_backup_that_cannot_be_written_leaves_no_half_file(transactional_db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", tmp_path / "absent" / "backup.zip")
    assert list(tmp_path.iterdir()) == []
