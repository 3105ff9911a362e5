"""Posted data of the form that registers task definitions: synchronization of its fields and its JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from ecsdash.web import parsing
from ecsdash.web.forms import repeated_groups
from services.forms.task_definition import text
from services.forms.task_definition.fields import fields_of

#: Fields outside the definition: they are kept when the others are replaced.
KEPT_FIELDS = ("origin", "create_log_groups", "csrfmiddlewaretoken")
NEW_CONTAINER: dict[str, Any] = {
    "essential": True,
    "logs": "awslogs",
    "log_prefix": "ecs",
    "ports": [],
    "environment": [],
    "mounts": [],
    "depends_on": [],
}


def edited(data: Any) -> bool:
    """Return whether the JSON was edited since it was last synchronized with the fields."""
    written, before = data.get("json", ""), data.get("base", "")
    if _plain(written) == _plain(before):
        return False
    try:
        return bool(parsing.json_value(written) != parsing.json_value(before))
    except ValueError:
        return True


def parsed(data: Any, name: str) -> dict[str, Any]:
    """Return the parsed JSON of a field; empty if it is invalid."""
    try:
        return text.parse(data.get(name, "") or "{}", whole=False)
    except text.InvalidText:
        return {}


def as_data(definition: Mapping[str, Any], data: Any) -> QueryDict:
    """Return form data that represents `definition`."""
    found = QueryDict(mutable=True)
    for name in KEPT_FIELDS:
        if name in data:
            found[name] = data[name]
    for name, value in _flat(fields_of(definition), ""):
        found[name] = value
    found["json"] = found["base"] = text.write(dict(definition))
    return found


def with_new_container(data: QueryDict) -> QueryDict | None:
    """Return the result of `repeated_groups.after_button`; a new container begins with default settings."""
    found = repeated_groups.after_button(data)
    if found is not None and data.get("add") == "containers":
        position = int(str(data["containers-TOTAL_FORMS"]))
        for name, value in _flat(NEW_CONTAINER, f"containers-{position}-"):
            found[name] = value
    return found


def _flat(fields: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield names and values as a browser posts them: an unchecked box is omitted."""
    for name, value in fields.items():
        if isinstance(value, list):
            yield from _group(value, prefix + name)
        elif value is True:
            yield prefix + name, "on"
        elif value not in (None, False):
            yield prefix + name, str(value)


def _group(entries: list[Mapping[str, Any]], prefix: str) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-TOTAL_FORMS", str(len(entries))
    yield f"{prefix}-INITIAL_FORMS", "0"
    for number, entry in enumerate(entries):
        yield from _flat(entry, f"{prefix}-{number}-")


def _plain(written: str) -> str:
    return written.replace("\r\n", "\n").strip()
