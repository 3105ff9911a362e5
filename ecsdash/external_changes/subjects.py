"""What a call changed: its resource, the place that decides who may see it, and the settings before and after.

Apps register a function for each operation in their module `external_changes`:

    @subject("ecs:UpdateService")
    def changed_service(change: ExternalChange) -> Subject | None: ...

For other calls, the entry of the call says what it names (ecsdash.access.references).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models.functions import Least

from ecsdash.access.references import ENTRIES, How, Reference, named_by
from ecsdash.access.targets import AccessTarget
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory import former_states
from ecsdash.inventory.models import Resource
from ecsdash.operations.plan import Change

#: Parameters that name the resource or the call itself: they are no settings.
NAMING: Final = frozenset({
    "cluster", "service", "serviceName", "clusterName", "clientToken", "ListenerArn", "LoadBalancerArn", "RuleArn",
    "TargetGroupArn", "ResourceId", "ServiceNamespace", "ScalableDimension", "PolicyName", "AutoScalingGroupName",
    "resourceArn", "ResourceARN",
})  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """`before` are the settings that the call replaced, None where they are not known. `changes` are shown instead of
    the parameters where an app compares more closely; `touches` are the nouns to sweep."""

    resource_type: str = ""
    arn: str = ""
    name: str = ""
    place: AccessTarget = field(default_factory=AccessTarget)
    before: dict[str, Any] | None = None
    after: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] | None = None
    touches: tuple[str, ...] = ()

    def differences(self) -> tuple[Change, ...]:
        if self.changes is not None:
            return self.changes
        known = self.before or {}
        pairs = [(name, _stated(known.get(name), value), value) for name, value in self.after.items()]
        return tuple(Change(name, before, after) for name, before, after in pairs if before != after)


SubjectFunction = Callable[[ExternalChange], Subject | None]
Function = TypeVar("Function", bound=SubjectFunction)
SUBJECTS: dict[str, SubjectFunction] = {}


def subject(*operations: str) -> Callable[[Function], Function]:
    """Decorator: register the function for these operations. It returns None where it does not know the resource."""

    def register(function: Function) -> Function:
        SUBJECTS.update(dict.fromkeys(operations, function))
        return function

    return register


def subject_of(change: ExternalChange) -> Subject:
    function = SUBJECTS.get(change.operation)
    return (function(change) if function else None) or _by_reference(change)


def settings_of(change: ExternalChange) -> dict[str, Any]:
    """Return the parameters of the call that set something."""
    return _short({name: value for name, value in change.request.items() if name not in NAMING})


def former(row: Resource, change: ExternalChange, after: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the settings that the call replaced; None where the inventory holds none of them, or had seen the change
    already when it first saw the resource."""
    when = _by_our_clock(row, change, after)
    known = _short(former_states.settings_at(row, when))
    for earlier in _unseen(row, change, when):
        known |= {name: value for name, value in settings_of(earlier).items() if name in known}
    before = {name: known[name] for name in after if name in known}
    return None if all(_stated(value, after[name]) == after[name] for name, value in before.items()) else before


def _by_our_clock(row: Resource, change: ExternalChange, after: Mapping[str, Any]) -> datetime:
    """Return when the call was made. If AWS's clock is ahead of ours, that is when a sweep saw the change; now, if none
    has seen it."""
    if change.happened_at <= change.observed_at:
        return change.happened_at
    present = _short(former_states.settings_of(row))
    seen = all(_stated(present[name], value) == value for name, value in after.items() if name in present)
    return (former_states.replaced_at(row) if seen else None) or change.observed_at


def _unseen(row: Resource, change: ExternalChange, when: datetime) -> Iterable[ExternalChange]:
    """Return the changes before this one that no sweep had seen: they replaced settings too."""
    rows = ExternalChange.objects.filter(resource_arn=row.arn, happened_at__lte=change.happened_at, audit_seq__gt=0)
    if since := former_states.seen_since(row, when):
        rows = rows.annotate(made_at=Least("happened_at", "observed_at")).filter(made_at__gte=since)
    return rows.order_by("happened_at", "pk")


def _short(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the task definition as `family:revision`."""
    named = values.get("taskDefinition")
    return {**values, "taskDefinition": _tail(named)} if named else values


def _stated(before: Any, after: Any) -> Any:
    """Return the part of a former value that the new one states: the others stay as they are."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {name: _stated(before.get(name), value) for name, value in after.items()}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [_stated(old, new) for old, new in zip(before, after, strict=True)]
    return before


def _by_reference(change: ExternalChange) -> Subject:
    """Return what the call names first. Places are known from ECS calls only."""
    request, after = change.request, settings_of(change)
    cluster = _tail(request.get("cluster") or request.get("clusterName"))
    service = _tail(request.get("service") or request.get("serviceName"))
    place = AccessTarget(change.account.alias, change.region, cluster, service if cluster else "")
    reference = _first_reference(change)
    if reference is None:
        return Subject(name=service or cluster or _any_name(request), place=place, after=after)
    arn = reference.key if reference.key.startswith("arn:") else ""
    return Subject(reference.kind, arn, reference.name, place, after=after)


def _first_reference(change: ExternalChange) -> Reference | None:
    try:
        named = named_by(change.call, change.request) if change.call in ENTRIES else []
    except (AttributeError, IndexError, KeyError, TypeError):
        return None  # not the parameters that the entry expects
    changed = [each for each in named if isinstance(each, Reference) and each.how not in (How.USES, How.READS)]
    return next((each for each in changed if each.how is not How.PASSES), None)


def _any_name(request: Mapping[str, Any]) -> str:
    """Return the name in the parameter that ends with a word for names, for calls without an entry."""
    ends = ("Arn", "Name", "Id", "ARN", "family", "name")
    return next((_tail(value) for name, value in request.items() if name.endswith(ends) and isinstance(value, str)), "")


def _tail(value: Any) -> str:
    return str(value or "").rpartition("/")[2]
