"""JSON schemas of the parameters of AWS calls, from botocore's service models: for completion and help in an editor."""

from functools import lru_cache
from typing import Any, Final

from ecsdash.aws.shapes import Shape, input_shape, plain_text

LONGEST: Final = 240
TYPES: Final = {"integer": "integer", "long": "integer", "double": "number", "float": "number", "boolean": "boolean"}


@lru_cache(maxsize=16)
def schema(call: str) -> dict[str, Any]:
    """Return the schema of a call's parameters: types, members, enumerations, and the first sentence about each."""
    return _schema(input_shape(call))


def _schema(shape: Shape) -> dict[str, Any]:
    about = {"description": text} if (text := _first_sentence(shape.documentation)) else {}
    if shape.kind == "structure":
        members = {name: _schema(member) for name, member in shape.members.items()}
        required = {"required": list(shape.required)} if shape.required else {}
        return {"type": "object", **about, "properties": members, **required}
    if shape.kind == "list" and shape.entry:
        return {"type": "array", **about, "items": _schema(shape.entry)}
    if shape.kind == "map" and shape.entry:
        return {"type": "object", **about, "additionalProperties": _schema(shape.entry)}
    return {"type": TYPES.get(shape.kind, "string"), **about, **({"enum": list(shape.enum)} if shape.enum else {})}


def _first_sentence(documentation: str) -> str:
    text = plain_text(documentation).partition(". ")[0].rstrip(".")
    return f"{text[:LONGEST]}." if text else ""
