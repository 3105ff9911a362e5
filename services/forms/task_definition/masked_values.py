"""Restore hidden values in a submitted task definition: a value that is still a fingerprint is unchanged.

A container keeps its values when it gets another name: the container of its old name must be gone.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.masking import MASK, fingerprint, is_fingerprint, mask
from services.documents.comparison import NAMED_BY

CONTAINERS: Final = "containerDefinitions"


class StillMasked(ValueError):
    """The hidden value at `path` has no original value."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def restore(shown: Any, original: Any, path: str = "", key: str = "") -> Any:
    """Return `shown` with hidden values replaced from `original`. Raise StillMasked."""
    if isinstance(shown, list) and _is_hidden_command(shown):
        if isinstance(original, list) and fingerprint(original) == shown[0]:
            return original
        raise StillMasked(path)
    if isinstance(shown, Mapping):
        known = original if isinstance(original, Mapping) else {}
        return {
            name: restore(value, known.get(name), f"{path}.{name}".strip("."), name) for name, value in shown.items()
        }
    if isinstance(shown, list):
        partners = _partners(shown, original if isinstance(original, list) else [], key)
        return [
            restore(value, other, f"{path}[{n}]") for n, (value, other) in enumerate(zip(shown, partners, strict=True))
        ]
    if not isinstance(shown, str) or MASK not in shown:
        return shown
    if isinstance(original, str) and shown in (MASK, mask(original), fingerprint(original)):
        return original
    raise StillMasked(path)


def _is_hidden_command(words: list[Any]) -> bool:
    return len(words) == 1 and is_fingerprint(words[0])


def _partners(shown: list[Any], original: list[Any], key: str) -> list[Any]:
    """Return the original of each entry: the one with the same name, or at the same position in lists without names."""
    names = NAMED_BY.get(key)
    if names is None:
        return [original[n] if n < len(original) else None for n in range(len(shown))]
    known: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for entry in original:
        known[tuple(entry.get(name) for name in names)].append(entry)
    found = [_next(known[tuple(entry.get(name) for name in names)]) for entry in shown]
    return _with_renamed(shown, found, original) if key == CONTAINERS else found


def _with_renamed(shown: list[Any], found: list[Any], original: list[Any]) -> list[Any]:
    """Return the partners, and for containers of new names those of old names whose values they have."""
    gone = [each for each in original if not any(each is partner for partner in found)]
    for number, partner in enumerate(found):
        if partner is None and not _has_values_of(shown[number], None):
            renamed = next((each for each in gone if _has_values_of(shown[number], each)), None)
            found[number] = renamed
            gone = [each for each in gone if each is not renamed]
    return found


def _has_values_of(shown: Any, original: Any) -> bool:
    """Return whether the original has all hidden values of the entry; None has those of an entry without any."""
    try:
        restore(shown, original)
    except StillMasked:
        return False
    return True


def _next(entries: list[Any]) -> Any:
    """Return the first of the entries with one name, and take it from them unless it is the last."""
    if not entries:
        return None
    return entries.pop(0) if len(entries) > 1 else entries[0]
