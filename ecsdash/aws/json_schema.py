"""JSON Schema of the parameters of AWS calls, for editors of JSON documents in the browser."""

from functools import lru_cache
from typing import Any, Final

from ecsdash.aws.shapes import Shape, input_shape, plain_text

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final = {
    "structure": "object", "map": "object", "list": "array", "string": "string", "boolean": "boolean",
    "integer": "integer", "long": "integer", "float": "number", "double": "number",
}  # fmt: skip
#: Keywords for the least and the largest length or value, by the JSON type.
LIMITS: Final = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}
LONGEST_DESCRIPTION: Final = 300


@lru_cache(maxsize=16)
def json_schema(call: str) -> dict[str, Any]:
    """Return the schema of the parameters of a call. It is shared: do not change it."""
    return {"$schema": DRAFT, **_schema(input_shape(call))}


def _schema(shape: Shape) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if description := _description(shape.documentation):
        schema["description"] = description
    if shape.deprecated:
        schema["deprecated"] = True
    kind = TYPES.get(shape.kind)
    if kind is None or shape.recursive:
        return schema
    schema["type"] = kind
    if shape.enum:
        schema["enum"] = list(shape.enum)
    for keyword, limit in zip(LIMITS.get(kind, ()), (shape.least, shape.most), strict=False):
        if limit is not None:
            schema[keyword] = limit
    return {**schema, **_inside(shape)}


def _inside(shape: Shape) -> dict[str, Any]:
    if shape.kind == "structure":
        schema: dict[str, Any] = {name: _schema(member) for name, member in shape.members.items()}
        required = {"required": list(shape.required)} if shape.required else {}
        return {"properties": schema, **required, "additionalProperties": False}
    if shape.entry is None:
        return {}
    return {"items" if shape.kind == "list" else "additionalProperties": _schema(shape.entry)}


def _description(documentation: str) -> str:
    """Return the first paragraph of the documentation as plain text, cut after a sentence."""
    text = plain_text(documentation.partition("</p>")[0])
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    sentences, stop, _ = text[:LONGEST_DESCRIPTION].rpartition(". ")
    return f"{sentences}." if stop else f"{text[: LONGEST_DESCRIPTION - 1]}…"
