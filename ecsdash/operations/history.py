"""The audit events of operations: the intent before the first AWS call, and the outcome at the end."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ecsdash.access.models import User
from ecsdash.audit.models import Outcome, Phase
from ecsdash.audit.record import record
from ecsdash.audit.refusals import refuse
from ecsdash.masking import mask
from ecsdash.operations.models import Draft, Operation, OperationStep, Planned
from ecsdash.operations.refs import described
from ecsdash.operations.states import OperationState


def record_intent(operation: Operation, *, by: User, source_ip: str, again: str = "") -> None:
    """`again` is a later decision about the same operation: "cancel" or "retry"."""
    plan = operation.plan
    calls = [{"call": step.call, "params": described(mask(step.params))} for step in plan.steps if step.call]
    record(
        actor=by,
        action=f"{operation.action}.{again}" if again else operation.action,
        phase=Phase.INTENT,
        source_ip=source_ip,
        reason=operation.reason,
        changes=[] if again else [described(asdict(change)) for change in plan.changes],
        detail={"summary": plan.summary} if again else {"summary": plan.summary, "calls": calls},
        **_place(operation),
    )


def record_outcome(
    operation: Operation, state: OperationState, error: dict[str, Any], steps: Iterable[OperationStep]
) -> None:
    record(
        actor=operation.acting_user,
        action=operation.action,
        phase=Phase.OUTCOME,
        outcome=Outcome(state.value),
        reason=operation.reason,
        changes=[described(asdict(change)) for change in operation.plan.changes],
        detail={"summary": operation.plan.summary, **({"error": error} if error else {})},
        request_ids=[request_id for step in steps for request_id in step.request_ids],
        **_place(operation),
    )


def record_refusal(draft: Draft, why: str, *, source_ip: str) -> None:
    """Record that a plan was not started when it was confirmed."""
    detail = {"plan": str(draft.pk), "action": draft.action}
    refuse("refuse_confirm", actor=draft.user, source_ip=source_ip, reason=why, detail=detail, **_where(draft))


def _place(operation: Operation) -> dict[str, Any]:
    return {**_where(operation), "operation": operation.pk}


def _where(of: Planned) -> dict[str, Any]:
    return {
        "account": of.account.alias,
        "region": of.region,
        "cluster": of.cluster,
        "service": of.service,
        "resource_type": of.resource_type,
        "resource_arn": of.resource_key,
        "resource_name": of.resource_name,
    }
