"""Remove values from operations that have ended: plans and results keep names, references and fingerprints.

An operation that succeeded is redacted at once, except for values that its undo needs. What else a retry or an undo may
need stays encrypted for KEPT_FOR; a job redacts it then, and a retry is no longer possible.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from ecsdash.masking import mask, names_secret
from ecsdash.operations.encrypted_json import Redacted
from ecsdash.operations.models import KEPT_FIELDS, Operation, OperationStep
from ecsdash.operations.states import ACTIVE, OperationState
from ecsdash.web import clock

KEPT_FOR: Final = timedelta(hours=24)
AT_ONCE: Final = 200
#: Fields of forms whose text is a value, by the end of their name.
VALUE_FIELDS: Final = frozenset({"json", "base", "command", "entry_point", "health_command", "environment"})


def redact_ended(operation: Operation, state: OperationState) -> None:
    """Redact an operation that ends now, in the transaction of its end. Only a success needs no retry."""
    if state is not OperationState.SUCCEEDED:
        return
    undo = operation.plan_data.get("undo") or {}
    _redact(operation, with_undo=not has_values(undo.get("data") or {}))


def redact_expired() -> int:
    """Redact operations that ended longer ago than KEPT_FOR. Return their number, at most AT_ONCE."""
    expired = Operation.objects.filter(redacted_at=None, ended_at__lt=clock.now() - KEPT_FOR)
    rows = list(expired.exclude(state__in=ACTIVE).values_list("pk", flat=True)[:AT_ONCE])
    for pk in rows:
        with transaction.atomic():
            row = Operation.objects.select_for_update().filter(pk=pk).exclude(state__in=ACTIVE).first()
            if row is not None:
                _redact(row, with_undo=True)
    return len(rows)


def has_values(data: Mapping[str, Any]) -> bool:
    """Return whether form data (field -> text) holds a value, or a tag with a secret's name."""
    return any(_is_value(name, data) for name in data)


def _is_value(name: str, data: Mapping[str, Any]) -> bool:
    group, _, field = name.rpartition("-")
    if field in VALUE_FIELDS:
        return True
    if field != "value":
        return False
    return f"{group}-name" in data or names_secret(str(data.get(f"{group}-key", "")))


def _redact(operation: Operation, *, with_undo: bool) -> None:
    """Write the operation without values. Without `with_undo` its plan stays encrypted, for the data of the undo."""
    plan = redacted_plan(operation.plan_data, with_undo=with_undo)
    form = {name: value for name, value in operation.form_data.items() if name in KEPT_FIELDS}
    Operation.objects.filter(pk=operation.pk).update(
        plan_data=Redacted(plan) if with_undo else plan,
        form_data=Redacted(form),
        redacted_at=clock.now() if with_undo else None,
    )
    steps = list(operation.steps.only("pk", "result"))
    for step in steps:
        step.result = Redacted(mask(step.result))
    OperationStep.objects.bulk_update(steps, ["result"])


def redacted_plan(data: Mapping[str, Any], *, with_undo: bool) -> dict[str, Any]:
    """Return the plan's data with fingerprints for values. With `with_undo`, an undo that needs values is removed."""
    plan = dict(data)
    plan["steps"] = [
        {**step, **{name: mask(step[name]) for name in ("params", "until_params", "find")}} for step in data["steps"]
    ]
    plan["changes"] = mask(data["changes"])
    plan["observes"] = [{**each, "values": mask(each["values"])} for each in data["observes"]]
    for name in ("undo", "removal"):
        undo = data.get(name)
        if with_undo and undo and has_values(undo["data"]):
            plan[name] = None
    return plan
