"""Subnets and security groups in forms: labels, rules, and initial values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from clusters.forms.offers import offer, offer_options
from clusters.models import SecurityGroup, Subnet, Vpc
from clusters.selectors.clusters import latest_form_data
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted

MOST_SUBNETS, MOST_GROUPS = 16, 5
DEFAULT_GROUP = "default"


def offer_network(form: Any, *more_groups: str) -> tuple[dict[str, Subnet], dict[str, SecurityGroup]]:
    """Set the options of `subnets`, `security_groups` and the fields `more_groups`. Return the rows by their ids.

    The labels name the VPC only if the inventory has several.
    """
    networks = choices(Subnet, form.context.user, form.context.scope).order_by().values("vpc_id").distinct()
    several = networks.count() > 1
    subnets = offer(form, "subnets", Subnet, lambda row: _label(_subnet_label(row), row.vpc_id, several))
    groups = offer(form, "security_groups", SecurityGroup, lambda row: _label(row.title, row.vpc_id, several))
    for field in more_groups:
        offer_options(form, field, SecurityGroup, form.fields["security_groups"].choices)
    return subnets, groups


def network_offers(context: ActionContext) -> dict[str, list[tuple[str, str]]]:
    """Return what document forms offer as `subnets` and `security-groups`: those that the person may use."""
    subnets = permitted(context, choices(Subnet, context.user, context.scope))
    groups = permitted(context, choices(SecurityGroup, context.user, context.scope))
    several = len({row.vpc_id for row in subnets}) > 1
    return {
        "subnets": [(row.name, _label(_subnet_label(row), row.vpc_id, several)) for row in subnets],
        "security-groups": [(row.name, _label(row.title, row.vpc_id, several)) for row in groups],
    }


def _label(label: str, vpc: str, several: bool) -> str:
    return f"{label} · {vpc}" if several else label


def _subnet_label(subnet: Subnet) -> str:
    kind = "public" if subnet.public else "private"
    return f"{subnet.title} · {subnet.availability_zone} · {subnet.cidr} · {kind}"


def check_one_vpc(
    form: forms.Form, subnets: Iterable[Subnet], groups: Iterable[SecurityGroup], field: str = "security_groups"
) -> None:
    """Add errors to `subnets` and to `field` unless all are in one VPC."""
    networks = {subnet.vpc_id for subnet in subnets}
    if len(networks) > 1 and "subnets" not in form.errors:
        form.add_error("subnets", "The subnets are in different VPCs. Select subnets of one VPC.")
    other_vpc = [group.title for group in groups if group.vpc_id not in networks]
    if len(networks) == 1 and other_vpc:
        text = f"These security groups are not in the VPC of the subnets: {', '.join(other_vpc)}. Remove them."
        form.add_error(field, text)


def check_numbers(form: forms.Form, data: Mapping[str, Any]) -> None:
    """Add errors where more are selected than ECS allows for one task or service."""
    for field, most in (("subnets", MOST_SUBNETS), ("security_groups", MOST_GROUPS)):
        if len(data.get(field, ())) > most:
            form.add_error(field, f"ECS allows at most {most}. Select fewer.")


def preselected(context: ActionContext, cluster: str = "") -> dict[str, list[str]]:
    """Return the initial values of `subnets` and `security_groups`.

    They are the last selection of this user in the cluster, as far as it still exists; otherwise those of the default
    or only VPC. Its public subnets come first, because forms assign a public IP address by default.
    """
    subnets = list(choices(Subnet, context.user, context.scope))
    groups = list(choices(SecurityGroup, context.user, context.scope))
    if last := latest_form_data(context.user, context.scope, cluster, "subnets"):
        last_used = {
            "subnets": _existing(subnets, last["subnets"]),
            "security_groups": _existing(groups, last.get("security_groups", [])),
        }
        if last_used["subnets"]:
            return last_used
    vpc = _default_vpc(context, subnets)
    in_vpc = [subnet for subnet in subnets if subnet.vpc_id == vpc]
    selected = [subnet for subnet in in_vpc if subnet.public] or in_vpc
    return {
        "subnets": [subnet.name for subnet in selected],
        "security_groups": _names(groups, lambda group: group.vpc_id == vpc and group.label == DEFAULT_GROUP),
    }


def _default_vpc(context: ActionContext, subnets: list[Subnet]) -> str:
    default = choices(Vpc, context.user, context.scope).filter(is_default=True).first()
    networks = {subnet.vpc_id for subnet in subnets}
    return default.name if default else networks.pop() if len(networks) == 1 else ""


def _existing(rows: Iterable[Any], names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return _names(rows, lambda row: row.name in wanted)


def _names(rows: Iterable[Any], wanted: Callable[[Any], bool]) -> list[str]:
    return [row.name for row in rows if wanted(row)]
