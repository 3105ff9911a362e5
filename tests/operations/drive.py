"""Run operations to their end in this process, without Celery or sleep; simulated time is stepped between turns."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.inventory.scope import Scope
from ecsdash.operations import control, runner, verification
from ecsdash.operations.actions import ACTIONS, action_context, as_query
from ecsdash.operations.drafts import make_draft
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.runtime import unchanged
from ecsdash.operations.states import OperationState
from tests.processes import Sandbox

TURNS = 400


def review(action_name: str, user: User, scope: Scope, url_kwargs: Mapping[str, str], data: Mapping[str, Any]) -> Draft:
    """Return the draft of the action's form with `data`. Fail the test with the form's errors if it is invalid."""
    action = ACTIONS[action_name]
    context = action_context(action, user, scope, dict(url_kwargs))
    form = action.form_class(as_query(data), context=context)
    draft = make_draft(action, context, form)
    assert draft is not None, (form.errors, {name: formset.errors for name, formset in form.formsets.items()})
    return draft


def errors(
    action_name: str, user: User, scope: Scope, url_kwargs: Mapping[str, str], data: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the errors of the action's form: field -> messages ("__all__": the whole form; "group-0-field")."""
    action = ACTIONS[action_name]
    context = action_context(action, user, scope, dict(url_kwargs))
    form = action.form_class(as_query(data), context=context)
    assert make_draft(action, context, form) is None, "the form was accepted"
    messages = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    for group, formset in form.formsets.items():
        messages |= {
            f"{group}-{position}-{name}": [str(text) for text in texts]
            for position, each in enumerate(formset.forms)
            for name, texts in each.errors.items()
        }
        if formset.non_form_errors():
            messages[group] = [str(text) for text in formset.non_form_errors()]
    return messages


def confirm(draft: Draft) -> Operation:
    return control.start(draft, reason="", source_ip="127.0.0.1", enqueue_run=lambda _: None)


def start(
    action_name: str, user: User, scope: Scope, url_kwargs: Mapping[str, str], data: Mapping[str, Any]
) -> Operation:
    return confirm(review(action_name, user, scope, url_kwargs, data))


def drive(operation: Operation, sandbox: Sandbox | None = None, step_seconds: float = 5) -> Operation:
    """Run the operation until it ends, stepping the simulated AWS by `step_seconds` before each turn but the first."""
    for turn in range(TURNS):
        if turn and sandbox is not None:
            sandbox.step(step_seconds)
        Operation.objects.filter(pk=operation.pk, next_check_at__isnull=False).update(next_check_at=timezone.now())
        runner.run(operation.pk)
        operation.refresh_from_db()
        if not OperationState(operation.state).active:
            return operation
    raise AssertionError(f"still {operation.state} after {TURNS} turns: {list(operation.steps.values())}")


def succeed(operation: Operation, sandbox: Sandbox | None = None, step_seconds: float = 5) -> Operation:
    """`drive`, and fail the test with the operation's error unless it succeeded.

    In the simulated AWS, fail it too unless a retry would accept what the operation has changed.
    """
    drive(operation, sandbox, step_seconds)
    assert operation.state == OperationState.SUCCEEDED, (operation.state, operation.error)
    if sandbox is not None:
        _assert_effects_are_accepted(operation)
    return operation


def _assert_effects_are_accepted(operation: Operation) -> None:
    data = verification.for_retry(operation.plan_data, operation.steps.all())
    for step in data["steps"]:
        if step["key"] == verification.KEY:
            found = unchanged(operation.account.reader(operation.region), **step["until_params"])
            assert found.finished, found.failed
