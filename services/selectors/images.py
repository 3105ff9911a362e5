"""Images of ECR repositories that a form may offer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from services.models import Repository

#: The severities that are named, the worst first.
SEVERITIES: Final = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")
SERIOUS: Final = ("CRITICAL", "HIGH")
SHORT_DIGEST: Final = 12


@dataclass(frozen=True)
class RepositoryImage:
    """One image. `findings`: the numbers of its vulnerabilities by severity; `scanned` is False without a scan."""

    repository: str
    uri: str
    digest: str
    tags: tuple[str, ...] = ()
    pushed_at: datetime | None = None
    size: int = 0
    scanned: bool = False
    findings: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_tag(self) -> str:
        """Return the reference by its first tag."""
        return f"{self.uri}:{self.tags[0]}" if self.tags else self.by_digest

    @property
    def by_digest(self) -> str:
        return f"{self.uri}@{self.digest}"

    @property
    def short_digest(self) -> str:
        return self.digest.partition(":")[2][:SHORT_DIGEST]

    @property
    def serious(self) -> bool:
        return any(self.findings.get(each) for each in SERIOUS)

    @property
    def scan(self) -> str:
        """Return the result of the scan in words: "2 critical, 1 high"."""
        if not self.scanned:
            return "Not scanned"
        known = [f"{self.findings[name]} {name.lower()}" for name in SEVERITIES if self.findings.get(name)]
        return ", ".join(known) or "No findings"

    def references(self) -> set[str]:
        """Return every way to name the image in a task definition, a tag with a digest apart."""
        return {self.by_digest, *(f"{self.uri}:{tag}" for tag in self.tags)}


def images_in(rows: Iterable[Repository]) -> list[RepositoryImage]:
    """Return the images of the repositories, the newest of each first."""
    return [_image(row, each) for row in rows for each in row.images]


def _image(row: Repository, each: Mapping[str, Any]) -> RepositoryImage:
    return RepositoryImage(
        repository=row.name,
        uri=row.uri,
        digest=each["digest"],
        tags=tuple(each["tags"]),
        pushed_at=datetime.fromisoformat(each["pushed_at"]) if each["pushed_at"] else None,
        size=each["size"],
        scanned=each["scanned"] in ("COMPLETE", "ACTIVE"),
        findings=each["findings"],
    )
