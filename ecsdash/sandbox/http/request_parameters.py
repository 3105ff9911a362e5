"""The parameters of a call as CloudTrail records them: nested, typed, and with a small letter at the beginning."""

from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

#: CloudTrail's name of a service -> its models in botocore; the first that has the operation counts.
_MODELS = {
    "elasticloadbalancing.amazonaws.com": ("elbv2", "elb"),
    "application-autoscaling.amazonaws.com": ("application-autoscaling",),
    "autoscaling.amazonaws.com": ("autoscaling",),
}
_LOADER = create_loader()
_WHOLE = {"integer": int, "long": int, "float": float, "double": float}


def recorded(source: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of one call; `params` are JSON, or the flat fields of a form (`A.member.1.B`)."""
    shape = _input(source, operation)
    if shape is None:
        return params
    flat = any("." in name for name in params) or all(isinstance(value, str) for value in params.values())
    value = _typed(shape, _nested(params) if flat else params)
    return value if isinstance(value, dict) else {}


@cache
def _input(source: str, operation: str) -> Shape | None:
    for name in _MODELS.get(source, ()):
        model = ServiceModel(_LOADER.load_service_model(name, "service-2"), name)
        if operation in model.operation_names:
            return model.operation_model(operation).input_shape
    return None


def _nested(fields: dict[str, str]) -> dict[str, Any]:
    """Return the fields as a tree by the parts of their names."""
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        *above, last = name.split(".")
        branch = tree
        for part in above:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


def _typed(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        known = {name: member for name, member in shape.members.items() if name in value}
        return {name[:1].lower() + name[1:]: _typed(member, value[name]) for name, member in known.items()}
    if isinstance(shape, ListShape):
        entries = value.get("member", value) if isinstance(value, dict) else value
        listed = entries if isinstance(entries, list) else _in_order(entries)
        return [_typed(shape.member, each) for each in listed]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return value
    if shape.type_name == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    return _WHOLE[shape.type_name](value) if shape.type_name in _WHOLE else value


def _in_order(entries: Any) -> list[Any]:
    """Return the entries of a numbered list; an empty list has no entries."""
    return [entries[number] for number in sorted(entries, key=int)] if isinstance(entries, dict) else []
