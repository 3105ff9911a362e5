"""Settings of a capacity provider of ECS Managed Instances in the words of its form."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from clusters.forms.managed_instances.fields import NEW_PROVIDER, PROVIDER
from ecsdash.access.references import name_of
from ecsdash.web.forms.document.fields import Field, bound_parts

#: Beginnings of words in a member's name: `vCpuCount`, `memoryMiB`.
WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def setting_lines(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return each setting of `managedInstancesProvider` by the label of its field: `{"Minimum vCPUs": "2"}`. A member
    without a field has its own name in words."""
    values, fields = dict(_values(f"/{PROVIDER}", settings)), _fields()
    known = {field.label: _shown(field, values[place]) for place, field in fields.items() if place in values}
    others = {_words(place): _shown(None, value) for place, value in values.items() if place not in fields}
    return {**known, **others}


@cache
def _fields() -> dict[str, Field]:
    return {bound.pattern: bound.part for bound in bound_parts(NEW_PROVIDER.parts) if isinstance(bound.part, Field)}


def _values(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of every member that has no members of its own and is not empty."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _values(f"{place}/{name}", inner)
    elif value not in (None, "", []):
        yield place, value


def _shown(field: Field | None, value: Any) -> str:
    """Return a value in words: of a choice its label, of a role or profile its name."""
    values = value if isinstance(value, list) else [value]
    known = dict(getattr(field.kind, "options", ()) or getattr(field.kind, "choices", ())) if field else {}
    shown = [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
    texts = [known.get(each, name_of("role", each)) for each in shown]
    unit = f" {field.unit}" if field and field.unit and not isinstance(value, bool | list) else ""
    return f"{', '.join(texts)}{unit}"


def _words(place: str) -> str:
    name = place.rpartition("/")[2]
    text = WORDS.sub(" ", name).lower()
    return text[:1].upper() + text[1:]
