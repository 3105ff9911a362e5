"""The archive of a backup: a ZIP file with one member of COPY text for each table, and a signed manifest."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from django.utils.crypto import constant_time_compare, salted_hmac

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHUNK: Final = 1 << 20


class UnusableBackup(Exception):
    """The archive is not a backup of this installation, or is damaged."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: int
    digest: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}"


@dataclass(frozen=True)
class Manifest:
    """`migrations` are those that were applied, as app and name."""

    created_at: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]

    def to_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}).encode()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Manifest":
        if data["format"] != FORMAT:
            raise UnusableBackup(f"it has the format {data['format']}, this version reads {FORMAT}")
        tables = tuple(Table(**{**each, "columns": tuple(each["columns"])}) for each in data["tables"])
        return cls(data["created_at"], tuple((app, name) for app, name in data["migrations"]), tables)


def write_manifest(archive: ZipFile, manifest: Manifest) -> None:
    content = manifest.to_json()
    archive.writestr(MANIFEST, content)
    archive.writestr(f"{MANIFEST}.hmac", _signature(content))


def read_manifest(archive: ZipFile) -> Manifest:
    """Return the manifest. Raise UnusableBackup unless this installation signed it."""
    try:
        content = archive.read(MANIFEST)
        signature = archive.read(f"{MANIFEST}.hmac").decode()
    except (KeyError, BadZipFile) as error:
        raise UnusableBackup("it has no manifest") from error
    if not constant_time_compare(signature, _signature(content)):
        raise UnusableBackup("it was made with another ECSDASH_SECRET_KEY, or changed")
    return Manifest.from_json(json.loads(content))


def open_archive(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except (OSError, BadZipFile) as error:
        raise UnusableBackup(f"it cannot be read: {error}") from error


def chunks(archive: ZipFile, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table. Raise UnusableBackup at the end if they are not those of the manifest."""
    digest = sha256()
    try:
        with archive.open(table.member) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                yield chunk
    except (KeyError, BadZipFile) as error:
        raise UnusableBackup(f"{table.name} is damaged") from error
    if digest.hexdigest() != table.digest:
        raise UnusableBackup(f"{table.name} is not as it was when the backup was made")


def _signature(content: bytes) -> str:
    return salted_hmac("ecsdash.backup", content.decode(), algorithm="sha256").hexdigest()
