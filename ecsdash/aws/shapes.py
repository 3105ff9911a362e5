"""Parameters of AWS calls by botocore's service models: their members, and the validation of values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any, Final

from botocore.model import StructureShape
from botocore.validate import ParamValidator

from ecsdash.aws.names import api_operation
from ecsdash.aws.service_models import model_data, service_model

#: Step of a pattern into every entry of a list or map.
EVERY: Final = "*"


@lru_cache(maxsize=32)
def _shape(call: str) -> StructureShape:
    shape = service_model(call.split(".")[0]).operation_model(api_operation(call)).input_shape
    assert isinstance(shape, StructureShape), call
    return shape


def members(call: str) -> tuple[str, ...]:
    """Return the names of the call's parameters, in the order of the API documentation."""
    return tuple(_shape(call).members)


def validation_errors(call: str, params: dict[str, Any]) -> list[str]:
    """Return the validation errors of the parameters, one line each; empty when they are valid."""
    report = ParamValidator().validate(params, _shape(call))
    return str(report.generate_report()).splitlines() if report.has_errors() else []


@dataclass(frozen=True)
class Shape:
    """Type of a value. `kind` is botocore's type name, or "document" for any JSON value.

    A structure has `members`, of a `union` exactly one is given; a list or map has the shape of its entries as `entry`.
    Of a shape that contains itself the inner occurrence is `recursive` and has neither. `documentation` is HTML.
    """

    kind: str
    members: Mapping[str, "Shape"] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    entry: "Shape | None" = None
    enum: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    documentation: str = ""
    deprecated: bool = False
    recursive: bool = False
    union: bool = False

    def below(self, name: str) -> "Shape | None":
        """Return the member of this name, or the shape of the entries; None if the model has none."""
        return self.members.get(name) if self.kind == "structure" else self.entry


@lru_cache(maxsize=32)
def input_shape(call: str) -> Shape:
    """Return the shape of the parameters of a call such as `ecs.create_service`."""
    model = model_data(call.split(".")[0])
    return _read(model["operations"][api_operation(call)]["input"], model["shapes"], ())


def _read(reference: Mapping[str, Any], shapes: Mapping[str, Any], outer: tuple[str, ...]) -> Shape:
    name = reference["shape"]
    model = shapes[name]
    recursive = name in outer
    inner = (*outer, name)
    entry = model.get("member") or model.get("value")
    return Shape(
        kind="document" if model.get("document") else model["type"],
        members={} if recursive else {
            member: _read(each, shapes, inner) for member, each in model.get("members", {}).items()
        },
        required=tuple(model.get("required", ())),
        entry=_read(entry, shapes, inner) if entry and not recursive else None,
        enum=tuple(model.get("enum", ())),
        least=model.get("min"),
        most=model.get("max"),
        documentation=reference.get("documentation") or model.get("documentation", ""),
        deprecated=bool(reference.get("deprecated") or model.get("deprecated")),
        recursive=recursive,
        union=bool(model.get("union")),
    )  # fmt: skip


def plain_text(documentation: str) -> str:
    """Return HTML documentation as plain text on one line."""
    parts = [part.rpartition(">")[2] for part in documentation.split("<")]
    return " ".join(unescape("".join(parts)).split())


def patterns(call: str) -> dict[str, Shape]:
    """Return every member of the call's parameters by its place: `/containerDefinitions/*/healthCheck/command`."""
    return dict(_patterns(input_shape(call), ""))


def _patterns(shape: Shape, place: str) -> Iterator[tuple[str, Shape]]:
    for name, member in shape.members.items():
        yield f"{place}/{name}", member
        yield from _patterns(member, f"{place}/{name}")
    if shape.entry is not None:
        yield from _patterns(shape.entry, f"{place}/{EVERY}")


def enum_of(call: str, member: str) -> tuple[str, ...]:
    """Return the values that the call's parameter may have, empty when botocore lists none."""
    return input_shape(call).members[member].enum
