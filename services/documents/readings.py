"""What reading a text gives: documents, notes on what changed, and placeholders to fill."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.kinds import Document


@dataclass(frozen=True)
class Placeholder:
    """A place in the text that somebody is to fill. `written` is its text there, `default` what stands for it."""

    name: str
    written: str
    default: str = ""


@dataclass(frozen=True)
class Options:
    """`values` fill placeholders by name; an empty one leaves the placeholder as it is written.

    Of a Compose file: `files` are the environment files by path, `separate` makes one task definition per service.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    separate: bool = False
    region: str = ""
    execution_role: str = ""


@dataclass(frozen=True)
class Reading:
    """`source` is the parsed text: pointers of notes lead into it, "" is all of it.

    Levels of notes: ok = carried over as it is, warn = changed or left out, block = not possible.
    """

    format: str
    documents: tuple[Document, ...] = ()
    notes: tuple[Finding, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    source: Any = None


class Unreadable(ValueError):
    """The text is nothing that can be read."""

    def __init__(self, what: str, why: str = "", how: str = "") -> None:
        super().__init__(what)
        self.finding = Finding("", FindingLevel.BLOCK, what, why, how)


class Budget:
    """Limits the length of what is written in place of placeholders: short names may stand for long values."""

    def __init__(self, characters: int = 1_000_000) -> None:
        self.left = characters

    def spend(self, text: str) -> str:
        """Return the text. Raise Unreadable when all texts together are too long."""
        self.left -= len(text)
        if self.left < 0:
            raise Unreadable("The values of the placeholders make the document too long.")
        return text
