"""Management commands that change something are recorded, in the transaction of their change."""

import pytest
from django.core.management import call_command

from ecsdash.access.models import User
from ecsdash.audit.commands import RecordedCommands
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery staple")


def execute(name: str, *arguments: str) -> None:
    """Run a command as manage.py has it, in this process and on the connection of the test."""
    call_command(RecordedCommands(["manage.py", name]).fetch_command(name), *arguments)


def test_a_superuser_is_created_with_an_event() -> None:
    execute("createsuperuser", "--no-input", "--username=ada", "--email=ada@example.com")
    event = AuditEvent.objects.get()
    assert (event.code, event.resource_name, event.actor) == ("command.run", "ada", None)
    assert event.actor_name.endswith(" on the command line")
    assert event.detail == {"command": "createsuperuser", "options": {"username": "ada", "email": "ada@example.com"}}


def test_without_the_event_there_is_no_superuser(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**event: object) -> None:
        raise OSError("the audit trail cannot be written")

    monkeypatch.setattr("ecsdash.audit.record.record", broken)
    with pytest.raises(OSError, match="audit trail"):
        execute("createsuperuser", "--no-input", "--username=ada", "--email=ada@example.com")
    assert not User.objects.exists()


def test_a_shell_is_recorded_before_it_starts() -> None:
    code = "from ecsdash.audit.models import AuditEvent as E; assert E.objects.get().detail == {'command': 'shell'}"
    execute("shell", "--verbosity=0", "--command", code)


def test_a_command_that_only_reads_is_not_recorded() -> None:
    execute("audit_verify")
    assert not AuditEvent.objects.exists()


def test_migrations_are_recorded_once_there_is_a_trail() -> None:
    from ecsdash.audit.migrated import record_migration

    record_migration([("access.0002_x", False)])
    assert not AuditEvent.objects.exists()
    record(actor=None, action="sign_in")
    record_migration([("access.0002_x", False), ("access.0001_initial", True)])
    names = ["access.0002_x", "access.0001_initial (reversed)"]
    assert AuditEvent.objects.get(code="database.migrated").detail == {"migrations": names}
