"""The parameters of a call by botocore's model as a tree of their names and types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ecsdash.aws.names import api_operation
from ecsdash.aws.service_models import service_model


@dataclass(frozen=True)
class Member:
    """`kind` is the type in the model: structure, list, map, string, integer, boolean ...

    `members` are those of a structure, `item` is that of a list or map.
    """

    kind: str
    members: Mapping[str, "Member"] = field(default_factory=dict)
    item: "Member | None" = None

    def below(self, name: str) -> "Member | None":
        """Return the member of this name, or the item of a list or map; None if the model has none."""
        return self.members.get(name) if self.kind == "structure" else self.item


@lru_cache(maxsize=8)
def member_tree(call: str) -> Member:
    """Return the parameters of a call (`ecs.create_service`). Raise KeyError for an unknown call."""
    shape = service_model(call.split(".")[0]).operation_model(api_operation(call)).input_shape
    return _member(shape, ()) if shape is not None else Member("structure")


def _member(shape: Shape, above: tuple[str, ...]) -> Member:
    if shape.name in above:
        return Member("recursive")
    inside = (*above, shape.name)
    if isinstance(shape, StructureShape):
        return Member("structure", {name: _member(each, inside) for name, each in shape.members.items()})
    if isinstance(shape, ListShape):
        return Member("list", item=_member(shape.member, inside))
    if isinstance(shape, MapShape):
        return Member("map", item=_member(shape.value, inside))
    return Member(shape.type_name)
