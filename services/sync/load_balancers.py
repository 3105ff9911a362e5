"""Sweeps of load balancers, listeners, and target groups with target health."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, NotFound
from ecsdash.aws.limits import DESCRIBE_LOAD_BALANCERS
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, tag_dict
from ecsdash.inventory.sweeps.registry import sweeper
from ecsdash.web import clock
from services.documents.listener_rule import actions, conditions
from services.models import WITH_RULES, Listener, LoadBalancer, Service, TargetGroup

#: Conditions that have a member of their own in Listener.rules.
NAMED = (conditions.HOST, conditions.PATH)
#: Columns of a target group that no service uses.
UNUSED: dict[str, Any] = {"targets": [], "attributes": None}


@sweeper("load_balancers", choice=True)
def sweep_load_balancers(scope: Scope) -> None:
    aws = scope.connection()
    balancers = aws.collect("elbv2.describe_load_balancers", "LoadBalancers")
    tags = _tags(aws, [each["LoadBalancerArn"] for each in balancers])
    records = [
        Record(
            each["LoadBalancerArn"],
            each["LoadBalancerName"],
            each,
            tags.get(each["LoadBalancerArn"], {}),
            {
                "dns_name": each.get("DNSName", ""),
                "vpc_id": each.get("VpcId", ""),
                "scheme": each.get("Scheme", ""),
                "state": each.get("State", {}).get("Code", ""),
            },
        )
        for each in balancers
    ]
    store.replace(LoadBalancer, scope, records, "load_balancers")


@sweeper("listeners", choice=True)
def sweep_listeners(scope: Scope) -> None:
    aws = scope.connection()
    found: list[dict[str, Any]] = []
    for balancer in aws.collect("elbv2.describe_load_balancers", "LoadBalancers"):
        try:
            found += aws.collect("elbv2.describe_listeners", "Listeners", LoadBalancerArn=balancer["LoadBalancerArn"])
        except NotFound:
            continue
    records = [_listener(each, _rules(aws, each)) for each in found]
    store.replace(Listener, scope, records, "listeners")


@sweeper("target_groups", choice=True)
def sweep_target_groups(scope: Scope) -> None:
    """Sweep target groups; read target health and attributes only for groups of a service."""
    aws = scope.connection()
    groups = aws.collect("elbv2.describe_target_groups", "TargetGroups")
    tags = _tags(aws, [each["TargetGroupArn"] for each in groups])
    rows = Service.objects.in_scope(scope.account, scope.region).present()
    used = {arn for arns in rows.values_list("target_group_arns", flat=True) for arn in arns}
    before = dict(TargetGroup.objects.in_scope(scope.account, scope.region).values_list("arn", "targets"))
    records = [
        _target_group(
            each,
            tags.get(each["TargetGroupArn"], {}),
            _used_columns(aws, each["TargetGroupArn"], before) if each["TargetGroupArn"] in used else UNUSED,
        )
        for each in groups
    ]
    store.replace(TargetGroup, scope, records, "target_groups")


def _rules(aws: Aws, listener: dict[str, Any]) -> list[dict[str, Any]]:
    """Return Listener.rules; empty if the listener has none, was deleted, or access to its rules is denied."""
    if listener.get("Protocol") not in WITH_RULES:
        return []
    try:
        found = aws.collect("elbv2.describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
    except (NotFound, AccessDenied):
        return []
    return sorted((_rule(each) for each in found if not _by_default(each)), key=lambda rule: rule["priority"])


def _by_default(rule: dict[str, Any]) -> bool:
    return bool(rule.get("IsDefault")) or rule["Priority"] == "default"


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    found = conditions.stored(rule.get("Conditions", []))
    values = {each["field"]: each["values"] for each in found if not each.get("regex")}
    return {
        "arn": rule["RuleArn"],
        "priority": int(rule["Priority"]),
        "conditions": found,
        "actions": actions.stored(rule.get("Actions", [])),
        "hosts": values.get(conditions.HOST, []),
        "paths": values.get(conditions.PATH, []),
        "others": sorted({each["field"] for each in found} - {name for name in NAMED if values.get(name)}),
        "target_group_arns": _forwards_to(rule.get("Actions", [])),
    }


def _listener(listener: dict[str, Any], rules: list[dict[str, Any]]) -> Record:
    arn, port = listener["ListenerArn"], int(listener.get("Port", 0))
    columns = {
        "label": f"{listener.get('Protocol', '')}:{port}",
        "load_balancer_arn": listener["LoadBalancerArn"],
        "port": port,
        "protocol": listener.get("Protocol", ""),
        "target_group_arns": _forwards_to(listener.get("DefaultActions", [])),
        "rules": rules,
    }
    return Record(arn, arn.rsplit("/", 1)[-1], listener, {}, columns)


def _forwards_to(described: Sequence[dict[str, Any]]) -> list[str]:
    """Return the target groups of these actions."""
    found: set[str] = set()
    for action in described:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {group["TargetGroupArn"] for group in groups}
        if action.get("TargetGroupArn"):
            found.add(action["TargetGroupArn"])
    return sorted(found)


def _used_columns(aws: Aws, arn: str, before: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the columns of a target group that a service uses."""
    return {"targets": since(_targets(aws, arn), before.get(arn, [])), "attributes": _attributes(aws, arn)}


def since(targets: list[dict[str, Any]], before: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the targets with the time at which their present state was first seen."""
    now = clock.now().isoformat()
    known = {_state(each): each.get("since") for each in before}
    return [{**each, "since": known.get(_state(each)) or now} for each in targets]


def _state(target: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(target.get(name) for name in ("id", "port", "state", "code"))


def _target_group(group: dict[str, Any], tags: dict[str, str], used: Mapping[str, Any]) -> Record:
    columns = {
        "port": group.get("Port", 0),
        "protocol": group.get("Protocol", ""),
        "target_type": group.get("TargetType", ""),
        "vpc_id": group.get("VpcId", ""),
        "health_check_path": group.get("HealthCheckPath", ""),
        "load_balancer_arns": group.get("LoadBalancerArns", []),
        **used,
    }
    return Record(group["TargetGroupArn"], group["TargetGroupName"], group, tags, columns)


def _targets(aws: Aws, arn: str) -> list[dict[str, Any]]:
    """Return TargetGroup.targets; empty if the group was deleted."""
    try:
        answer = aws.call("elbv2.describe_target_health", TargetGroupArn=arn).data
    except NotFound:
        return []
    return [
        {
            "id": each["Target"]["Id"],
            "port": each["Target"].get("Port", 0),
            "zone": each["Target"].get("AvailabilityZone", ""),
            "state": each.get("TargetHealth", {}).get("State", ""),
            "code": each.get("TargetHealth", {}).get("Reason", ""),
            "reason": each.get("TargetHealth", {}).get("Description", ""),
        }
        for each in answer.get("TargetHealthDescriptions", [])
    ]


def _attributes(aws: Aws, arn: str) -> dict[str, str] | None:
    """Return the attributes by their keys; None if the group was deleted, or access to them is denied."""
    try:
        answer = aws.call("elbv2.describe_target_group_attributes", TargetGroupArn=arn).data
    except (NotFound, AccessDenied):
        return None
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def _tags(aws: Aws, arns: Sequence[str]) -> dict[str, dict[str, str]]:
    found = aws.describe(
        "elbv2.describe_tags", "TagDescriptions", of=arns, by="ResourceArns", size=DESCRIBE_LOAD_BALANCERS
    )
    return {each["ResourceArn"]: tag_dict(each["Tags"]) for each in found}
