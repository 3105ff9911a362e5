"""Which API calls this dashboard made itself.

Each answer's request ID is stored with its step, and is in CloudTrail's event too. Where an answer was lost or is still
on its way, the call is recognised by our user agent and by a step that made the same call, naming the same things, and
has fewer request IDs than attempts. The step is then given the request ID: one lost answer explains one call.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from ecsdash.access.references import ENTRIES, How, Reference, named_by
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import OperationStep
from ecsdash.operations.refs import with_own
from ecsdash.operations.states import ACTIVE

#: What our clients add to the user agent (ecsdash.aws.session).
USER_AGENT: Final = "ecsdash"
#: How long ago a call may have been made whose event arrives now: CloudTrail delivers within 15 minutes, a queue keeps
#: messages for an hour, and the dashboard may have been down.
WITHIN: Final = timedelta(hours=24)
Names = frozenset[tuple[str, str]]


class Undecided(Exception):
    """A step made the same call and has no answer yet: the call may be ours."""


@dataclass
class OwnCalls:
    """The calls of one account and region; read once for all events of a batch."""

    scope: Scope
    request_ids: set[str] = field(default_factory=set)

    def load(self) -> "OwnCalls":
        rows = self._steps().values_list("request_ids", flat=True)
        self.request_ids = {request_id for ids in rows for request_id in ids}
        return self

    def include(self, change: ExternalChange) -> bool:
        """Return whether the call is ours. Raise Undecided while that cannot be known."""
        if change.request_id and change.request_id in self.request_ids:
            return True
        if USER_AGENT not in change.user_agent:
            return False
        lost = [step for step in self._without_answer() if _is_same(step, change)]
        if any(step.operation.state in ACTIVE and not step.answered for step in lost):
            raise Undecided
        return any(self._give(step, change.request_id) for step in lost)

    def _give(self, step: OperationStep, request_id: str) -> bool:
        """Store the request ID of a lost answer with its step. Return False if it has got another one meanwhile."""
        rows = OperationStep.objects.filter(pk=step.pk, request_ids=step.request_ids)
        given = rows.update(request_ids=[*step.request_ids, request_id])
        self.request_ids.add(request_id)
        return bool(given)

    def _without_answer(self) -> Iterable[OperationStep]:
        """Return the steps with more attempts than answers."""
        rows = self._steps().values_list("pk", "attempts", "request_ids")
        lost = [pk for pk, attempts, ids in rows if attempts > len(ids)]
        found: Iterable[OperationStep] = OperationStep.objects.filter(pk__in=lost).select_related("operation__account")
        return found

    def _steps(self) -> Any:
        since = timezone.now() - WITHIN
        return OperationStep.objects.filter(
            operation__account=self.scope.account, operation__region=self.scope.region, called_at__gte=since
        )


def _is_same(step: OperationStep, change: ExternalChange) -> bool:
    planned = step.operation.plan.steps[step.position]
    if planned.call != change.call:
        return False
    wanted = _changed_by(planned.call, with_own(planned.params))
    return wanted <= _changed_by(change.call, change.request)


def _changed_by(call: str, params: dict[str, Any]) -> Names:
    """Return the kinds and names of what a call creates, changes or deletes."""
    if call not in ENTRIES:
        return frozenset()
    named = [each for each in named_by(call, params) if isinstance(each, Reference)]
    return frozenset((each.kind, each.name) for each in named if each.how in (How.CREATES, How.CHANGES, How.DELETES))
