"""JSON schemas of the parameters of AWS calls, from botocore's service models: for completion and help in an editor."""

import html
import re
from functools import lru_cache
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ecsdash.aws import shapes

TAG: Final = re.compile(r"<[^<>]{0,2000}>")
SENTENCE: Final = re.compile(r"\.\s")
LONGEST: Final = 240
TYPES: Final = {
    "string": "string", "integer": "integer", "long": "integer", "double": "number", "float": "number",
    "boolean": "boolean",
}  # fmt: skip


@lru_cache(maxsize=16)
def schema(call: str) -> dict[str, Any]:
    """Return the schema of a call's parameters: types, members, enumerations, and the first sentence about each."""
    return _schema(shapes.input_shape(call))


def _schema(shape: Shape) -> dict[str, Any]:
    about = {"description": text} if (text := _first_sentence(shape.documentation)) else {}
    if isinstance(shape, StructureShape):
        members = {name: _schema(member) for name, member in shape.members.items()}
        required = {"required": list(shape.required_members)} if shape.required_members else {}
        return {"type": "object", **about, "properties": members, **required}
    if isinstance(shape, ListShape):
        return {"type": "array", **about, "items": _schema(shape.member)}
    if isinstance(shape, MapShape):
        return {"type": "object", **about, "additionalProperties": _schema(shape.value)}
    enum = {"enum": list(shape.enum)} if getattr(shape, "enum", None) else {}
    return {"type": TYPES.get(shape.type_name, "string"), **about, **enum}


def _first_sentence(documentation: str) -> str:
    text = " ".join(html.unescape(TAG.sub("", documentation)).split())
    sentence = SENTENCE.split(text, maxsplit=1)[0].rstrip(".")
    return f"{sentence[:LONGEST]}." if sentence else ""
