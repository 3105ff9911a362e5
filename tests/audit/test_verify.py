"""Tampering by the owner of the database is detected, in the database and in an export without the product."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ecsdash.audit import verifier
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record
from ecsdash.audit.sinks.base import text
from ecsdash.audit.verify import rows, verify
from ecsdash.bench import tampering
from ecsdash.bench.tampering import Tampering

pytestmark = pytest.mark.django_db
AT, LAST = 12, 30
#: Each with the number and the kind of the first finding.
TAMPERINGS: list[tuple[Tampering, int, str]] = [
    (tampering.edit, 12, "edited"),
    (tampering.edit_a_json_field, 12, "edited"),
    (tampering.edit_and_seal_again, 12, "forged"),
    (tampering.delete, 12, "deleted"),
    (tampering.insert_in_between, 12, "moved"),
    (tampering.insert_at_the_end, 31, "moved"),
    (tampering.reorder, 12, "moved"),
    (tampering.truncate, 21, "truncated"),
    (tampering.empty, 1, "truncated"),
    (tampering.hash_everything_again, 12, "forged"),
    (tampering.hash_everything_again_without_macs, 15, "checkpoint"),
    (tampering.hash_everything_again_with_another_key, 1, "forged"),
    (tampering.replace_the_head, 30, "forged"),
]
KEYS = "k2:a key of the tests\nk1:an older key\n"


def test_an_untouched_chain_is_intact(chain: list[str]) -> None:
    report = verify()
    assert (report.findings, report.checked, report.authentic, report.last_hash) == ([], 30, 30, chain[-1])


def test_an_empty_chain_is_intact() -> None:
    assert verify().intact


@pytest.mark.parametrize(("tamper", "seq", "kind"), TAMPERINGS)
def test_tampering_is_found_where_it_was_done(chain: list[str], tamper: Tampering, seq: int, kind: str) -> None:
    tamper(AT, LAST)
    found = verify().findings[0]
    assert (found.seq, found.kind) == (seq, kind)


@pytest.fixture
def offline(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the verifier on an export, as an auditor does who has neither the product nor its packages."""
    folder = tmp_path / "auditor"
    folder.mkdir()
    shutil.copy(verifier.__file__, folder / "audit_verify.py")
    (folder / "keys.txt").write_text(KEYS)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        (folder / "audit.jsonl").write_text(text(list(rows())))
        command = [sys.executable, "-I", "-S", "audit_verify.py", "audit.jsonl", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return run


def test_an_untouched_export_is_intact_offline(
    chain: list[str], outside: Path, offline: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = offline("--keys", "keys.txt", "--checkpoints", str(outside / "checkpoints.jsonl"))
    assert done.returncode == 0, done.stderr
    assert f"30 events (0 without content), 30 MACs verified, ending in {chain[-1]}: intact" in done.stdout


@pytest.mark.parametrize(("tamper", "seq", "kind"), TAMPERINGS)
def test_tampering_is_found_in_an_export_offline(
    chain: list[str],
    outside: Path,
    offline: Callable[..., subprocess.CompletedProcess[str]],
    tamper: Tampering,
    seq: int,
    kind: str,
) -> None:
    tamper(AT, LAST)
    done = offline("--keys", "keys.txt", "--checkpoints", str(outside / "checkpoints.jsonl"))
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(f"{seq}: {kind}: ")


def test_without_the_keys_the_verifier_does_not_say_intact_by_its_status(
    chain: list[str], outside: Path, offline: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = offline("--checkpoints", str(outside / "checkpoints.jsonl"))
    assert (done.returncode, "without the keys" in done.stderr) == (2, True)


def test_what_is_no_export_is_said(chain: list[str], offline: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = offline("--keys", "keys.txt", "--checkpoints", "audit_verify.py")
    assert (done.returncode, "cannot be read as an audit trail" in done.stderr) == (2, True)


def test_events_before_the_keys_stay_verifiable_and_are_covered_by_the_first_new_one(chain: list[str]) -> None:
    """A trail of the version before: its events have scheme 1 and no MAC; a new event continues the chain."""
    tampering.hash_everything_again_without_macs(AT, LAST)
    tampering.sql("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    old = verify()
    assert {finding.kind for finding in old.findings} == {"checkpoint"}  # the ones outside are of another trail
    record(actor=None, action="the first new one")
    settings_free = verifier.Verification({"k2": b"a key of the tests"})
    for event in rows():
        settings_free.take(event)
    assert (settings_free.findings, settings_free.checked, settings_free.authentic) == ([], 31, 1)


def test_an_old_event_cannot_follow_one_with_a_mac(chain: list[str]) -> None:
    tampering.sql("UPDATE audit_auditevent SET scheme = 1, key_id = '', mac = '' WHERE seq = 20")
    tampering.sql(f"UPDATE audit_auditevent SET hash = '{verifier.seal(next(rows(20)))}' WHERE seq = 20")
    assert [(finding.seq, finding.kind) for finding in verify().findings][:1] == [(20, "forged")]


def test_old_keys_verify_what_they_signed(chain: list[str], settings: Settings) -> None:
    tampering.sql("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    settings.AUDIT_KEYS = ["k3:the newest", *settings.AUDIT_KEYS]
    assert record(actor=None, action="x").key_id == "k3"
    assert verify().intact
    settings.AUDIT_KEYS = ["k3:the newest"]
    assert "unknown key 'k2'" in " ".join(finding.text for finding in verify().findings)


def test_checkpoints_outside_that_cannot_be_read_are_a_finding(chain: list[str], outside: Path) -> None:
    (outside / "checkpoints.jsonl").write_text("not JSON")
    assert "were not compared" in verify().findings[0].text


def test_a_changed_checkpoint_is_found(chain: list[str], outside: Path) -> None:
    path = outside / "checkpoints.jsonl"
    path.write_text(path.read_text().replace('"count":30', '"count":29'))
    assert "was not written by the product" in verify().findings[0].text


def test_the_newest_events_can_be_checked_alone(chain: list[str]) -> None:
    tampering.edit(AT, LAST)
    assert verify(first=14).intact
    assert not verify(first=12).intact


def test_the_command_says_where_the_trail_was_touched(chain: list[str]) -> None:
    tampering.edit(AT, LAST)
    errors = StringIO()
    with pytest.raises(CommandError, match="event 12"):
        call_command("audit_verify", stderr=errors)
    assert "12: edited" in errors.getvalue()


def test_the_command_verifies_an_export(chain: list[str], outside: Path, tmp_path: Path) -> None:
    export, said = tmp_path / "audit.jsonl", StringIO()
    export.write_text(text(list(rows(5, 20))))
    checkpoints = ["--checkpoints", str(outside / "checkpoints.jsonl")]
    call_command("audit_verify", str(export), *checkpoints, "--partial", stdout=said)
    assert "16 events, intact" in said.getvalue()
    with pytest.raises(CommandError, match="event 1"):
        call_command("audit_verify", str(export), *checkpoints, stderr=StringIO())


def test_the_command_says_that_nothing_outside_is_compared(settings: Settings) -> None:
    record(actor=None, action="x")
    errors, said = StringIO(), StringIO()
    call_command("audit_verify", stderr=errors, stdout=said)
    assert "No checkpoints outside the database" in errors.getvalue()
    assert AuditEvent.objects.count() == 1
