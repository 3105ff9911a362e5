"""Rules about tags, the same for everything that has them (API reference, Tag)."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ecsdash.operations.refs import STEP_TAG
from services.documents.findings.parts import Check, Part, Violation, name_of

#: Tags of one resource.
MOST: Final = 50
RESERVED: Final = "aws:"
PUNCTUATION: Final = frozenset("_.:/=+-@")


def at_most(most: int, why: str) -> Check:
    """Return the check of the number of tags; the tag of the operation is not counted."""

    def check(document: Part) -> Iterator[Violation]:
        own = [each for each in document.parts("tags") if each.get("key") != STEP_TAG]
        if len(own) > most:
            yield Violation(document.at("tags"), f"{len(own)} tags are too many", why, "Remove some.")

    return check


def tags(document: Part) -> Iterator[Violation]:
    parts = document.parts("tags")
    counts = Counter(each.get("key") for each in parts)
    for each in parts:
        key = each.get("key", "")
        if not key:
            yield Violation(each.at("key"), "The tag has no key", "", "Enter one, or remove the tag.")
        elif key.lower().startswith(RESERVED):
            why = "AWS reserves keys that begin with aws: for itself."
            yield Violation(each.at("key"), f"ECS refuses the tag {name_of(each, 'key')}", why, "Remove it.")
        elif counts[key] > 1:
            yield Violation(each.at("key"), f"The tag {name_of(each, 'key')} is set twice", "", "Keep one of them.")
        yield from _characters(each)


def _characters(tag: Part) -> Iterator[Violation]:
    for member in ("key", "value"):
        if not all(map(_allowed, tag.get(member, ""))):
            how = "Use letters, digits, spaces and _ . : / = + - @ only."
            yield Violation(tag.at(member), "The tag has characters that AWS does not take", "", how)


def _allowed(character: str) -> bool:
    return character in PUNCTUATION or unicodedata.category(character)[0] in "LZN"
