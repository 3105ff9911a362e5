from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecsdash.audit.verify import verify


class Command(BaseCommand):
    help = "Verify every event of the audit trail and report the first events that were tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="SEQ:HASH",
            help="an event recorded in the log (audit_anchor); detects that the whole chain was rewritten",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(anchors=dict(_anchor(text) for text in options["anchor"]))
        for finding in report.findings:
            self.stderr.write(f"{finding.seq}: {finding.kind}: {finding.text}")
        if not report.intact:
            raise CommandError(f"The audit trail is not intact; first finding at event {report.findings[0].seq}.")
        self.stdout.write(f"{report.checked} events, intact, ending in {report.last_hash}")


def _anchor(text: str) -> tuple[int, str]:
    seq, _, noted = text.partition(":")
    if not seq.isdecimal() or not noted:
        raise CommandError(f"An anchor has the form SEQ:HASH, not {text!r}.")
    return int(seq), noted
