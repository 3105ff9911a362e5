"""Every member of a call that names a KMS key is judged as a use of the key."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ecsdash.access.references import ENTRIES, Reference, named_by
from ecsdash.aws.shapes import Shape, input_shape

KEY = "key-1"
#: What entries read although the calls do not require it.
NAMES = ("clusterName",)


def places(shape: Shape, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the places of texts whose names say that they name a key of KMS."""
    for name, member in shape.members.items():
        if "kms" in name.lower() and member.kind == "string" and not member.enum:
            yield (*above, name)
        yield from places(member, (*above, name))
    if shape.entry is not None:
        yield from places(shape.entry, (*above, "*"))


def sample(shape: Shape, place: tuple[str, ...]) -> Any:
    """Return a value with what the call requires, and the key at the place."""
    if not place:
        return KEY
    if shape.entry is not None:
        return [sample(shape.entry, place[1:])]
    needed = {name: required(shape.members[name]) for name in (*shape.required, *NAMES) if name in shape.members}
    return {**needed, place[0]: sample(shape.members[place[0]], place[1:])}


def required(shape: Shape) -> Any:
    if shape.kind == "structure":
        return {name: required(shape.members[name]) for name in shape.required}
    return {"list": [], "map": {}, "boolean": False, "integer": 1, "long": 1}.get(shape.kind, "x")


def named() -> list[tuple[str, tuple[str, ...]]]:
    return [(call, place) for call in sorted(ENTRIES) for place in places(input_shape(call))]


@pytest.mark.parametrize(("call", "place"), named(), ids=lambda each: each if isinstance(each, str) else "/".join(each))
def test_a_key_is_used(call: str, place: tuple[str, ...]) -> None:
    params: Mapping[str, Any] = sample(input_shape(call), place)
    found = [each for each in named_by(call, params) if isinstance(each, Reference) and each.kind == "kms_key"]
    assert [each.key for each in found] == [KEY]
