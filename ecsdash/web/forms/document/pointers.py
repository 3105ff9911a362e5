"""JSON pointers (RFC 6901) into a document: reading, writing and removing the value at a place."""

from typing import Any, Final

#: What stands for a value that the document does not have.
MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()


class NotWritableError(ValueError):
    """The document has a value of another type where a mapping is needed. `pointer` is the place of that value."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def join(*segments: str | int) -> str:
    """Return the pointer of these names and positions: `join("volumes", 0)` is "/volumes/0"."""
    return "".join("/" + str(segment).replace("~", "~0").replace("/", "~1") for segment in segments)


def below(pointer: str, *segments: str | int) -> str:
    """Return the pointer of a member or entry below another."""
    return pointer + join(*segments)


def split(pointer: str) -> list[str]:
    """Return the names and positions of a pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def parent(pointer: str) -> tuple[str, str]:
    """Return the pointer of the parent, and the name or position in it."""
    above, _, last = pointer.rpartition("/")
    return above, last.replace("~1", "/").replace("~0", "~")


def value_at(document: Any, pointer: str) -> Any:
    """Return the value at a place, or MISSING."""
    found = document
    for segment in split(pointer):
        found = _child(found, segment)
        if found is MISSING:
            return MISSING
    return found


def put(document: dict[str, Any], pointer: str, value: Any) -> None:
    """Set the value at a place; missing mappings on the way are created. Raise NotWritableError."""
    above, name = parent(pointer)
    holder = _holder(document, above)
    if isinstance(holder, dict):
        holder[name] = value
    elif isinstance(holder, list) and _position(holder, name) is not None:
        holder[int(name)] = value
    else:
        raise NotWritableError(above)


def remove(document: dict[str, Any], pointer: str) -> None:
    """Remove the value at a place, and mappings and lists that become empty by it. Entries of lists stay."""
    above, name = parent(pointer)
    holder = value_at(document, above)
    if isinstance(holder, dict) and name in holder:
        del holder[name]
    elif isinstance(holder, list) and _position(holder, name) is not None:
        del holder[int(name)]
    else:
        return
    if not holder and above and isinstance(value_at(document, parent(above)[0]), dict):
        remove(document, above)


def _holder(document: dict[str, Any], pointer: str) -> Any:
    """Return the value at a place; a mapping is created where it is missing or null."""
    found: Any = document
    below = ""
    for segment in split(pointer):
        child = _child(found, segment)
        below += join(segment)
        if child in (MISSING, None):
            if not isinstance(found, dict):
                raise NotWritableError(parent(below)[0])
            child = found[segment] = {}
        found = child
    return found


def _child(value: Any, segment: str) -> Any:
    if isinstance(value, dict):
        return value.get(segment, MISSING)
    if isinstance(value, list):
        position = _position(value, segment)
        return MISSING if position is None else value[position]
    return MISSING


def _position(entries: list[Any], segment: str) -> int | None:
    if not (segment.isascii() and segment.isdigit() and len(segment) < 7):
        return None
    return int(segment) if int(segment) < len(entries) else None
