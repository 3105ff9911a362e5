from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ecsdash.audit.management.commands import setup_database
from ecsdash.audit.verify import verify
from ecsdash.operating.backup.archive import UnusableBackup, open_archive
from ecsdash.operating.backup.load import load
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE


class Command(BaseCommand):
    help = (
        "Load an archive of `manage.py backup` into an empty PostgreSQL database, then set it up, migrate it to this "
        "version and verify the audit trail. Stop web, worker, beat and events first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the archive")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL is restored. Of SQLite, copy the file back.")
        two_roles = bool(settings.DATABASE_OWNER_URL)
        role = setup_database.Command().as_owner() if two_roles else nullcontext()
        try:
            with role, open_archive(options["path"]) as archive:
                manifest = load(archive)
        except UnusableBackup as reason:
            raise CommandError(f"{options['path']} was not restored: {reason}.") from reason
        call_command("setup_database" if two_roles else "migrate", verbosity=0)
        in_progress = Operation.objects.filter(state__in=ACTIVE).count()
        self.stdout.write(
            f"Restored as of {manifest.created_at}. {in_progress} operations in progress go on when workers start; "
            "every resource is scanned again."
        )
        self._verify()

    def _verify(self) -> None:
        report = verify()
        for finding in report.findings:
            self.stderr.write(f"{finding.seq}: {finding.kind}: {finding.text}")
        if not report.intact:
            raise CommandError(
                "The audit trail differs from its checkpoints. If they were signed after the backup, see "
                "docs/operating.md, Restore."
            )
        self.stdout.write(f"The audit trail is intact: {report.checked} events.")
