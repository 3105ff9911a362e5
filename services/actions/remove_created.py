from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Change, Check, Danger, Level, Observation, Plan, PlanError
from ecsdash.operations.states import ACTIVE, OperationState
from services.models import Service
from services.planning.wordpress.created import Created, created_by, existed_before
from services.planning.wordpress.removal import CALLS, removal_steps
from services.runtime.removal import state_of

#: Permanent losses by the removal of a resource, by its noun.
LOSSES = {
    "file system": "The files on the file systems are lost, the database among them. No backup is made.",
    "secret": "The secrets are deleted without a recovery window, so their names can be used again at once.",
    "log group": "The log groups and their logs are deleted.",
    "load balancer": "The site is no longer reachable. A new load balancer gets another address.",
    "task definition": "The task definition revisions become inactive. Their revision numbers are not used again.",
}


class RemoveCreatedForm(ActionForm):
    """Form; cleaned, `operation` is a visible, finished Operation with this action as its undo."""

    operation = forms.ChoiceField(
        label="Operation",
        help_text="Everything that the operation created is deleted. Resources that existed before are kept.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["operation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), _label(each)) for each in self._offered()]

    def clean_operation(self) -> Operation:
        found: Operation = self._offered().get(pk=self.cleaned_data["operation"])
        return found

    def _offered(self) -> QuerySet[Operation]:
        user, scope = self.context.user, self.context.scope
        rows = Operation.objects.visible_to(user).filter(
            account=scope.account, region=scope.region, plan_data__undo__action="remove_created"
        )
        ended = rows.exclude(state__in=ACTIVE).exclude(
            undos__action="remove_created", undos__state=OperationState.SUCCEEDED
        )
        return ended.select_related("account").order_by("-created_at")


def _label(operation: Operation) -> str:
    state = operation.state_enum.label.lower()
    return f"{operation.plan_data['summary']} · {state} · {operation.created_at:%Y-%m-%d %H:%M} UTC"


@register
class RemoveCreated(Action):
    """Undo of an operation that created many resources, also after its failure."""

    name = "remove_created"
    label = "Remove created resources"
    permission = Permission.OPERATE
    danger = Danger.LOSES
    creates = "operation"
    path = "operations/removal/"
    form_class = RemoveCreatedForm
    icon = "trash"
    calls = CALLS

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        return data["operation"].access_target() if data else context.scope.access_target()

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.scope.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        operation: Operation = data["operation"]
        created = created_by(operation)
        if not created:
            raise PlanError("This operation created nothing.", "operation")
        things = [each for each in reversed(created) if each.noun]
        plan = operation.plan
        succeeded = operation.state == OperationState.SUCCEEDED
        return Plan(
            summary=f"Remove the created resources: {plan.summary}",
            resource_key=operation.resource_key,
            resource_name=operation.resource_name,
            steps=removal_steps(created),
            changes=_changes(things),
            checks=tuple(_checks(operation, created)),
            observes=(Observation("operation_state", {"operation": str(operation.pk)}, state_of(operation),
                                  "The operation"),),
            touches=plan.touches,
            risks=tuple(text for noun, text in LOSSES.items() if any(each.noun == noun for each in things)),
            cost=-plan.cost if succeeded and plan.cost else None,
        )  # fmt: skip

    def back(self, context: ActionContext) -> str:
        return reverse("operations:list")

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Operations", self.back(context))]


def _changes(things: Sequence[Created]) -> tuple[Change, ...]:
    """Return one change per noun with the names of the removed resources."""
    names: dict[str, list[str]] = {}
    for each in things:
        names.setdefault(f"{each.noun}s", []).append(each.name if each.known else f"{each.name} (if AWS created it)")
    return tuple(Change(nouns, found, None) for nouns, found in names.items())


def _checks(operation: Operation, created: Sequence[Created]) -> Iterator[Check]:
    yield Check(
        Level.OK,
        "Only what this operation created is removed",
        "They are identified by the calls of the operation and their results, or by the tag that its steps set.",
    )
    for title in existed_before(operation):
        yield Check(Level.OK, f"Existed before, is kept: “{title}”")
    own = {(each.params["cluster"], each.name) for each in created if each.call == "ecs.create_service"}
    here = Service.objects.in_scope(operation.account, operation.region).present().exclude(status="INACTIVE")
    running = sum(row.running_count for row in here if (row.cluster_name, row.name) in own)
    if running:
        yield Check(Level.WARN, f"{running} running tasks will stop", "Requests to the site fail from then on.")
    clusters = [each.name for each in created if each.call == "ecs.create_cluster"]
    foreign = [row.name for row in here.filter(cluster_name__in=clusters) if (row.cluster_name, row.name) not in own]
    if foreign:
        yield Check(
            Level.BLOCK,
            f"Other services run in the cluster {', '.join(clusters)}: {', '.join(sorted(foreign))}",
            "AWS does not delete a cluster that has services.",
            "Delete these services first, or create them in another cluster.",
        )
