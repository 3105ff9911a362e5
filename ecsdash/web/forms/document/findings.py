"""Findings: what a validation says about one place of a document."""

from dataclasses import dataclass
from enum import StrEnum


class FindingLevel(StrEnum):
    """How severe a finding is: `block` refuses the document."""

    OK = "ok"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Finding:
    """What is wrong at one place of a document, why, and how to correct it.

    `pointer` is an RFC 6901 JSON pointer ("/containerDefinitions/0/image"); empty means the whole document.
    """

    pointer: str
    level: FindingLevel
    what: str
    why: str = ""
    how: str = ""
