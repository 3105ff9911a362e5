"""What changes of the settings of an existing target group: parameters of Elastic Load Balancing."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.models import TargetGroup
from services.planning.load_balancing.steps import attribute_values, health_params
from services.selectors.load_balancers import settings_of

STICKY = "stickiness.enabled"


def health_changes(group: TargetGroup, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of ModifyTargetGroup for the cleaned form that differ. Empty fields leave them as they
    are."""
    code = "GrpcCode" if group.description.get("ProtocolVersion") == "GRPC" else "HttpCode"
    wanted = health_params({**dict.fromkeys(settings_of(group)), **data}, code)
    return {name: value for name, value in wanted.items() if value is not None and value != group.description.get(name)}


def attribute_changes(group: TargetGroup, data: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that the cleaned form changes; none if the present ones are not known."""
    if group.attributes is None:
        return {}
    kind = "lb_cookie" if group.protocol in ("HTTP", "HTTPS") else "source_ip"
    wanted = attribute_values(data, kind)
    if not data["sticky_seconds"] and group.attributes.get(STICKY) == "true":
        wanted[STICKY] = "false"
    return {name: value for name, value in wanted.items() if value != group.attributes.get(name)}


def described(group: TargetGroup, names: Iterable[str]) -> dict[str, Any]:
    """Return the present values of members of the description, and of attributes."""
    known = {**group.description, **(group.attributes or {})}
    return {name: known.get(name) for name in names}
