"""Places of a document in words: "container app > health check > command"."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document import pointers
from ecsdash.web.forms.document.fields import ANY, Entries

HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Words that are written in capitals.
CAPITALS: Final = frozenset({"arn", "cpu", "dns", "ebs", "efs", "gpu", "iam", "id", "ip", "ipc", "kms", "pid", "tls"})
SEPARATOR: Final = " > "
LONGEST_NAME: Final = 60
LONGEST_POSITION: Final = 7


def words_of(entries: Mapping[str, Entries], document: Any, pointer: str) -> str:
    """Return the place in words; empty for the whole document. `entries` are the declared lists by their pattern."""
    found: list[str] = []
    value, pattern = document, ""
    segments = pointers.split(pointer)
    for number, segment in enumerate(segments):
        is_entry = isinstance(value, list) and segment.isdigit() and len(segment) < LONGEST_POSITION
        value = pointers.value_at(value, pointers.join(segment))
        if is_entry:
            declared = entries.get(pattern)
            found.append(entry_name(declared, value, int(segment)) if declared else _numbered(found, int(segment)))
            pattern += f"/{ANY}"
        else:
            pattern += pointers.join(segment)
            listed = isinstance(value, list) and number + 1 < len(segments)
            if not (listed and pattern in entries):
                found.append(_member(segment))
    return SEPARATOR.join(found)


def entry_name(declared: Entries, entry: Any, position: int) -> str:
    """Return the name of an entry in words, its number where it has no name: "container app", "volume 2"."""
    names = [entry[key] for key in declared.named_by if entry.get(key)] if isinstance(entry, Mapping) else []
    return f"{declared.noun} {str(names[0])[:LONGEST_NAME] if names else position + 1}"


def _numbered(found: list[str], position: int) -> str:
    return f"{found.pop()} {position + 1}" if found else f"entry {position + 1}"


def _member(name: str) -> str:
    """Return the words of a name of the API: "health check" of healthCheck; other names as they are."""
    name = name[:LONGEST_NAME]
    if not HUMP.search(name):
        return name.upper() if name in CAPITALS else name
    words = (word.lower() for word in HUMP.sub(" ", name).split(" "))
    return " ".join(word.upper() if word in CAPITALS else word for word in words).replace("v CPU", "vCPU")
