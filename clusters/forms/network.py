"""Subnets and security groups: how forms name them, the rules that several forms share, and what is preselected."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from clusters.forms.offers import offer, offer_options
from clusters.models import SecurityGroup, Subnet, Vpc
from clusters.selectors.clusters import latest_form_data
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext

MOST_SUBNETS, MOST_GROUPS = 16, 5
DEFAULT_GROUP = "default"


def offer_network(form: Any, *more_groups: str) -> tuple[dict[str, Subnet], dict[str, SecurityGroup]]:
    """Let `subnets` and `security_groups` (and `more_groups`) offer what is there; return the rows by their ids.

    The VPC is named only where there are several.
    """
    networks = choices(Subnet, form.context.user, form.context.scope).order_by().values("vpc_id").distinct()
    several = networks.count() > 1
    subnets = offer(form, "subnets", Subnet, lambda row: _label(_subnet_label(row), row.vpc_id, several))
    groups = offer(form, "security_groups", SecurityGroup, lambda row: _label(row.title, row.vpc_id, several))
    for field in more_groups:
        offer_options(form, field, SecurityGroup, form.fields["security_groups"].choices)
    return subnets, groups


def _label(words: str, vpc: str, several: bool) -> str:
    return f"{words} · {vpc}" if several else words


def _subnet_label(subnet: Subnet) -> str:
    kind = "public" if subnet.public else "private"
    return f"{subnet.title} · {subnet.availability_zone} · {subnet.cidr} · {kind}"


def check_one_vpc(
    form: forms.Form, subnets: Iterable[Subnet], groups: Iterable[SecurityGroup], field: str = "security_groups"
) -> None:
    """Complain at `subnets` and at `field` where they do not lie in one VPC."""
    networks = {subnet.vpc_id for subnet in subnets}
    if len(networks) > 1 and "subnets" not in form.errors:
        form.add_error("subnets", "The subnets lie in different VPCs. Choose those of one VPC.")
    strangers = [group.title for group in groups if group.vpc_id not in networks]
    if len(networks) == 1 and strangers:
        text = f"{', '.join(strangers)} belong to another VPC than the subnets. Choose groups of the same VPC."
        form.add_error(field, text)


def check_numbers(form: forms.Form, data: Mapping[str, Any]) -> None:
    """Complain where there are more than ECS takes for one task or service."""
    for field, most in (("subnets", MOST_SUBNETS), ("security_groups", MOST_GROUPS)):
        if len(data.get(field, ())) > most:
            form.add_error(field, f"ECS takes at most {most}. Choose fewer.")


def preselected(context: ActionContext, cluster: str = "") -> dict[str, list[str]]:
    """Initial values of `subnets` and `security_groups`.

    What this person chose last in the cluster, as far as it is there still; otherwise the default VPC's, or those of
    the only VPC: its public subnets, because a public IP address is assigned unless it is unticked.
    """
    subnets = list(choices(Subnet, context.user, context.scope))
    groups = list(choices(SecurityGroup, context.user, context.scope))
    if last := latest_form_data(context.user, context.scope, cluster, "subnets"):
        again = {
            "subnets": _known(subnets, last["subnets"]),
            "security_groups": _known(groups, last.get("security_groups", [])),
        }
        if again["subnets"]:
            return again
    vpc = _usual_vpc(context, subnets)
    own = [subnet for subnet in subnets if subnet.vpc_id == vpc]
    chosen = [subnet for subnet in own if subnet.public] or own
    return {
        "subnets": [subnet.name for subnet in chosen],
        "security_groups": _names(groups, lambda group: group.vpc_id == vpc and group.label == DEFAULT_GROUP),
    }


def _usual_vpc(context: ActionContext, subnets: list[Subnet]) -> str:
    default = choices(Vpc, context.user, context.scope).filter(is_default=True).first()
    networks = {subnet.vpc_id for subnet in subnets}
    return default.name if default else networks.pop() if len(networks) == 1 else ""


def _known(rows: Iterable[Any], names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return _names(rows, lambda row: row.name in wanted)


def _names(rows: Iterable[Any], wanted: Callable[[Any], bool]) -> list[str]:
    return [row.name for row in rows if wanted(row)]
