from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecsdash.audit.keys import all_keys
from ecsdash.audit.verifier import UnreadableError, Verification, verify_file
from ecsdash.audit.verify import verify


class Command(BaseCommand):
    help = (
        "Verify every event of the audit trail against its hashes, MACs and the checkpoints in and outside the "
        "database; or an export or evidence pack. Report the first events that were tampered with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="export or evidence pack, instead of the database")
        parser.add_argument("--checkpoints", type=Path, help="checkpoints to compare the export with")
        parser.add_argument("--partial", action="store_true", help="the export may begin and end anywhere")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._verify(options)
        for finding in report.findings:
            self.stderr.write(f"{finding.seq}: {finding.kind}: {finding.text}")
        if not report.intact:
            raise CommandError(f"The audit trail is not intact; first finding at event {report.findings[0].seq}.")
        if not (options["path"] or settings.AUDIT_CHECKPOINTS):
            self.stderr.write("No checkpoints outside the database: set ECSDASH_AUDIT_CHECKPOINTS.")
        self.stdout.write(
            f"{report.checked} events, intact, ending in {report.last_hash}; {report.authentic} MACs verified"
        )

    def _verify(self, options: dict[str, Any]) -> Verification:
        if not options["path"]:
            return verify()
        try:
            return verify_file(options["path"], all_keys(), options["checkpoints"], partial=options["partial"])
        except UnreadableError as error:
            raise CommandError(str(error)) from error
