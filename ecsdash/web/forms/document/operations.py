"""Buttons of a form that change a document: add, remove, move, duplicate an entry, add a preset, set a field."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.fields import ANY, Entries, Field, Pairs, Part, bound_parts

MOST_ENTRIES = 500
Document = dict[str, Any]


@dataclass(frozen=True)
class Preset:
    """A button that adds an entry with values (a side-car), or sets members of one (a log driver). `members` makes them
    from the document."""

    label: str
    members: Callable[[Mapping[str, Any]], dict[str, Any]]
    help: str = ""


Presets = Mapping[str, Mapping[str, Preset]]


def operate(parts: Sequence[Part], presets: Presets, document: Document, asked: str) -> tuple[Document, str]:
    """Return the document after a button such as "remove:/volumes/0", and the place that gets the focus.

    A button for a place that does not exist changes nothing.
    """
    found = copy.deepcopy(document)
    act, _, place = asked.partition(":")
    if act in ("add", "preset"):
        place, _, preset = place.partition("#")
        return found, _add(parts, presets, found, place, preset)
    if act == "fill":
        place, _, preset = place.partition("#")
        return found, _fill(presets, found, place, preset)
    if act == "set":
        place, _, value = place.partition("#")
        return found, _set(parts, found, place, value)
    above, position = pointers.parent(place)
    entries = pointers.value_at(found, above)
    if pointers.value_at(found, place) is pointers.MISSING or not isinstance(entries, list):
        return found, ""
    number = int(position)
    if act == "remove":
        pointers.remove(found, place)
        return found, above
    if act == "duplicate" and len(entries) < MOST_ENTRIES:
        entries.insert(number + 1, _copy(parts, place, entries, number))
        return found, f"{above}/{number + 1}"
    other = number + {"up": -1, "down": 1}.get(act, 0)
    if 0 <= other < len(entries):
        entries[number], entries[other] = entries[other], entries[number]
        return found, f"{above}/{other}"
    return found, place


def _add(parts: Sequence[Part], presets: Presets, document: Document, place: str, preset: str) -> str:
    """Add an entry to the list at the place. Return the place of the new entry."""
    declared = entries_at(parts, place)
    if declared is None:
        return ""
    entry = dict(copy.deepcopy(declared.new))
    if preset:
        known = presets.get(declared.presets, {})
        if preset not in known:
            return ""
        entry = known[preset].members(document)
    entries = pointers.value_at(document, place)
    if entries in (pointers.MISSING, None):
        entries = []
    if not isinstance(entries, list) or len(entries) >= MOST_ENTRIES:
        return place
    try:
        pointers.put(document, place, [*entries, entry])
    except pointers.NotWritableError:
        return ""
    return f"{place}/{len(entries)}"


def _fill(presets: Presets, document: Document, place: str, name: str) -> str:
    """Set the members of a preset ("logs/splunk") in the entry at the place."""
    group, _, preset = name.partition("/")
    entry, known = pointers.value_at(document, place), presets.get(group, {})
    if preset in known and isinstance(entry, dict):
        entry.update(known[preset].members(document))
    return place


def _set(parts: Sequence[Part], document: Document, place: str, value: str) -> str:
    """Set the text of a field that is in the document."""
    if field_at(parts, place) is None:
        return ""
    try:
        pointers.put(document, place, value)
    except pointers.NotWritableError:
        return ""
    return place


def field_at(parts: Sequence[Part], place: str) -> Field | None:
    """Return the declaration of the field at a place."""
    part = _bound_at(parts, place)
    return part if isinstance(part, Field) else None


def entries_at(parts: Sequence[Part], place: str) -> Entries | None:
    """Return the declaration of the list at a place."""
    part = _bound_at(parts, place)
    return part if isinstance(part, Entries) else None


def _bound_at(parts: Sequence[Part], place: str) -> Field | Pairs | Entries | None:
    wanted = pointers.split(place)
    for bound in bound_parts(parts):
        pattern = bound.pattern.split("/")[1:]
        if len(pattern) == len(wanted) and all(map(_fits, pattern, wanted)):
            return bound.part
    return None


def _fits(part: str, segment: str) -> bool:
    return part in (ANY, segment)


def _copy(parts: Sequence[Part], place: str, entries: list[Any], number: int) -> Any:
    """Return a copy of an entry; one with a name gets a new name."""
    entry = copy.deepcopy(entries[number])
    declared = entries_at(parts, pointers.parent(place)[0])
    name = declared.named_by[0] if declared else ""
    if isinstance(entry, dict) and isinstance(entry.get(name), str) and entry[name]:
        taken = {each.get(name) for each in entries if isinstance(each, dict)}
        numbers = (f"{entry[name]}-{n}" for n in range(2, MOST_ENTRIES + 2))
        entry[name] = next(each for each in numbers if each not in taken)
    return entry
