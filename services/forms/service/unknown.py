"""Things that a service names and that do not exist, or that the person may not use, each at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.models import Choice
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.models import Alarm, Function, Listener, Namespace, TargetGroup

BALANCERS: Final = "loadBalancers"
DEPLOYMENTS: Final = "deploymentConfiguration"


@dataclass(frozen=True)
class Use:
    """A place of the document and the thing that it names."""

    pointer: str
    value: str
    kind: type[Choice]


def unknown_things(document: Mapping[str, Any], before: Mapping[str, Any], context: ActionContext) -> Iterator[Finding]:
    """Yield a finding for each thing that is not in the inventory or not permitted. What the service names already may
    stay, and kinds that were never listed are not judged."""
    kept = {each.value for each in _uses(before)}
    wanted = [each for each in _uses(document) if each.value not in kept]
    for kind in dict.fromkeys(each.kind for each in wanted):
        state = freshness(context.scope, f"{kind.NOUN}s")
        if state.seen_at is None or state.error_code:
            continue
        known = set(_keys(context, kind))
        for each in wanted:
            if each.kind is kind and _plain(each) not in known:
                yield _refused(each, context)


def _uses(document: Mapping[str, Any]) -> Iterator[Use]:
    yield from _of_balancers(document)
    for number, each in enumerate(document.get("serviceRegistries", [])):
        yield Use(f"/serviceRegistries/{number}/registryArn", each.get("registryArn", ""), Namespace)
    connect = document.get("serviceConnectConfiguration", {})
    if connect.get("enabled") and connect.get("namespace"):
        yield Use("/serviceConnectConfiguration/namespace", connect["namespace"], Namespace)
    configuration = document.get(DEPLOYMENTS, {})
    for number, hook in enumerate(configuration.get("lifecycleHooks", [])):
        if hook.get("hookTargetArn"):
            yield Use(f"/{DEPLOYMENTS}/lifecycleHooks/{number}/hookTargetArn", hook["hookTargetArn"], Function)
    for name in configuration.get("alarms", {}).get("alarmNames", []):
        yield Use(f"/{DEPLOYMENTS}/alarms/alarmNames", name, Alarm)


def _of_balancers(document: Mapping[str, Any]) -> Iterator[Use]:
    members = (
        ("alternateTargetGroupArn", TargetGroup),
        ("productionListenerRule", Listener),
        ("testListenerRule", Listener),
    )
    for number, each in enumerate(document.get(BALANCERS, [])):
        if each.get("targetGroupArn"):
            yield Use(f"/{BALANCERS}/{number}/targetGroupArn", each["targetGroupArn"], TargetGroup)
        advanced = each.get("advancedConfiguration", {})
        for member, kind in members:
            if advanced.get(member):
                yield Use(f"/{BALANCERS}/{number}/advancedConfiguration/{member}", advanced[member], kind)


def _keys(context: ActionContext, kind: type[Choice]) -> Iterator[str]:
    """Yield what the things of a kind are called in a document."""
    for row in permitted(context, choices(kind, context.user, context.scope)):
        yield from (row.arn, row.name)
        if isinstance(row, Namespace):
            yield from (row.namespace_id, *(each["arn"] for each in row.registries))
        elif isinstance(row, Listener):
            yield from (rule["arn"] for rule in row.rules)


def _plain(use: Use) -> str:
    """Return the name as the inventory has it: functions without their version or alias."""
    return ":".join(use.value.split(":")[:7]) if use.kind is Function else use.value


def _refused(use: Use, context: ActionContext) -> Finding:
    noun = use.kind.NOUN.replace("_", " ")
    what = f"{use.value} does not exist in {context.scope}, or you may not use this {noun}."
    return Finding(use.pointer, FindingLevel.BLOCK, what, "", "Choose from the list.")
