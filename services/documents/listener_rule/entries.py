"""Entries of Listener.rules. Those that an earlier version read have host names, paths and target groups only."""

from collections.abc import Mapping
from typing import Any, cast

from services.documents.listener_rule.actions import FORWARD
from services.documents.listener_rule.conditions import HOST, PATH

Stored = list[dict[str, Any]]


def conditions_of(rule: Mapping[str, Any]) -> Stored:
    if "conditions" in rule:
        return cast(Stored, rule["conditions"])
    named = ((HOST, rule["hosts"]), (PATH, rule["paths"]))
    others = [{"field": field, "values": []} for field in rule["others"]]
    return [*({"field": field, "values": values} for field, values in named if values), *others]


def actions_of(rule: Mapping[str, Any]) -> Stored:
    if "actions" in rule:
        return cast(Stored, rule["actions"])
    groups = [{"arn": arn, "weight": 1} for arn in rule["target_group_arns"]]
    return [{"type": FORWARD, "groups": groups, "sticky": 0}] if groups else []
