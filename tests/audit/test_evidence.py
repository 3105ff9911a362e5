"""An evidence pack holds what an auditor needs, and verifies without the product."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record

KEYS = "k2:a key of the tests\nk1:an older key\n"


@pytest.fixture
def pack(chain: list[str], admin: User, tmp_path: Path) -> Path:
    """A pack of today whose filter is one action."""
    path = tmp_path / "evidence.zip"
    client = Client()
    client.force_login(admin)
    today = timezone.now().date().isoformat()
    answer: Any = client.post("/settings/audit/evidence/", {"begin": today, "end": today, "q": "action:action_7"})
    assert answer.status_code == 200
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def verified(pack: Path) -> subprocess.CompletedProcess[str]:
    """Unpack it and run its own verifier, in a Python without packages."""
    folder = pack.with_suffix("")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    (folder / "keys.txt").write_text(KEYS)
    command = [sys.executable, "-I", "-S", "audit_verify.py", str(pack), "--keys", "keys.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def rewritten(pack: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of the pack with a text of one file replaced."""
    changed, content = pack.with_name("changed.zip"), io.BytesIO(pack.read_bytes())
    with zipfile.ZipFile(content) as before, zipfile.ZipFile(changed, "w") as after:
        for each in before.namelist():
            text = before.read(each).decode()
            after.writestr(each, text.replace(old, new) if each == name else text)
    return changed


def test_a_pack_is_intact_and_says_what_it_leaves_out(pack: Path) -> None:
    done = verified(pack)
    total = AuditEvent.objects.count()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{total} events ({total - 1} without content), {total} MACs verified" in done.stdout
    events = [json.loads(line) for line in (pack.with_suffix("") / "events.jsonl").read_text().splitlines()]
    assert [event["seq"] for event in events if "action" in event] == [7]
    assert "action_8" not in (pack.with_suffix("") / "events.jsonl").read_text()


def test_its_creation_is_recorded(pack: Path) -> None:
    event = AuditEvent.objects.get(code="audit.evidence")
    today = event.at.date().isoformat()
    assert (event.actor_name, event.detail) == ("admin", {"from": today, "to": today, "filter": "action:action_7"})


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("events.jsonl", '"action":"action_7"', '"action":"action_9"', "edited"),
        ("manifest.json", '"filter":"action:action_7"', '"filter":""', "manifest"),
        ("manifest.json", '"events":1', '"events":2', "manifest"),
        ("checkpoints.jsonl", '"count":15', '"count":14', "checkpoint"),
    ],
)
def test_a_changed_pack_is_found(pack: Path, name: str, old: str, new: str, kind: str) -> None:
    done = verified(rewritten(pack, name, old, new))
    assert done.returncode == 1, done.stderr
    assert f": {kind}: " in done.stdout


def test_a_shortened_pack_is_found(pack: Path) -> None:
    with zipfile.ZipFile(pack) as archive:
        last = archive.read("events.jsonl").decode().splitlines()[-1]
    assert "last_seq is" in verified(rewritten(pack, "events.jsonl", last, "")).stdout


def test_days_in_the_wrong_order_are_refused(admin: User) -> None:
    client = Client()
    client.force_login(admin)
    answer = client.post("/settings/audit/evidence/", {"begin": "2026-02-02", "end": "2026-02-01"})
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(code="audit.evidence").exists()


def test_an_export_is_recorded(admin: User) -> None:
    record(actor=None, action="x")
    client = Client()
    client.force_login(admin)
    client.get("/audit/export/", {"format": "jsonl", "q": "action:x"})
    assert AuditEvent.objects.get(code="audit.exported").detail == {"format": "jsonl", "filter": "action:x"}
