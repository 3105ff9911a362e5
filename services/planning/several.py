"""What actions on several services share: the selection, what is left out with the reason, and the joined plan."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import ACTIONS, Action, ActionContext, ActionForm
from ecsdash.operations.joining import Part, joined
from ecsdash.operations.plan import Check, Level, Plan, PlanError, Undo
from ecsdash.web.formatting import counted
from services.models import Service
from services.selectors.services import services

#: Services that a form offers.
OFFERED: Final = 500
#: Characters of the key of an operation.
LONGEST_KEY: Final = 600
NOT_PERMITTED: Final = "You do not have the permission to deploy it."
ASK: Final = "Ask an administrator for a grant that covers it."


class ServicesForm(ActionForm):
    """`row`: the primary keys of the selected services, as a table's bulk buttons post them; cleaned, the services."""

    row = forms.MultipleChoiceField(label="Services", error_messages={"required": "Select at least one service."})
    stop_after = forms.IntegerField(
        label="Stop after this number of failures",
        min_value=1,
        max_value=100,
        initial=1,
        help_text="No further service begins then. Those in progress continue to their end.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = services(self.context.user, self.context.scope).filter(status="ACTIVE").order_by("cluster_name", "name")
        self.offered = {str(row.pk): row for row in rows[:OFFERED]}
        field = self.fields["row"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (key, f"{row.name} · {row.cluster_name} · {row.revision}") for key, row in self.offered.items()
        ]

    @property
    def selected(self) -> list[Service]:
        given = self["row"].value() or ()
        keys = [given] if isinstance(given, str) else given  # a text where the address names one service
        return [self.offered[str(key)] for key in keys if str(key) in self.offered]

    def clean_row(self) -> list[Service]:
        return [self.offered[key] for key in dict.fromkeys(self.cleaned_data["row"])]


@dataclass(frozen=True)
class LeftOut(Exception):
    """The service does not take part; the reason is shown in the review."""

    reason: str
    fix: str = ""


class SeveralServicesAction(Action):
    """An action on selected services. Subclasses say how one service is changed (`of_service`)."""

    permission = Permission.DEPLOY
    form_class = ServicesForm
    watches = ("services", "task_definitions")
    #: The action on one service whose obstacles count here too.
    alone: ClassVar[str]

    @property
    def noun(self) -> str:
        return "service"

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """Return the cluster of the services, or the account and region if they are in several."""
        clusters = {row.cluster_name for row in data["row"]} if data else set()
        scope = context.scope
        return AccessTarget(scope.account.alias, scope.region, clusters.pop() if len(clusters) == 1 else "")

    def permits(self, user: User, target: AccessTarget) -> bool:
        """Return whether the user may change some service there; those for which they may not are left out."""
        return policy.can_within(user, self.permission, target)

    def back(self, context: ActionContext) -> str:
        return reverse("services:services", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Services", self.back(context))]

    def reworked(self, context: ActionContext, data: QueryDict) -> QueryDict | None:
        """Return the data of the table's bulk button with what the form proposes."""
        if "stop_after" in data:
            return None
        found = data.copy()
        for name, value in self.proposed(
            self.form_class(initial={"row": data.getlist("row")}, context=context)
        ).items():
            found.setlist(name, value if isinstance(value, list) else [value])
        return found

    def proposed(self, form: Any) -> dict[str, Any]:
        """Return the values that the form proposes for the selected services."""
        return {"stop_after": "1"}

    def of_service(self, context: ActionContext, service: Service, data: Mapping[str, Any]) -> Plan:
        """Return the plan of one service. Raise LeftOut."""
        raise NotImplementedError

    def summary(self, plans: Iterable[Plan], data: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def undo(self, context: ActionContext, parts: Iterable[tuple[Service, Plan]]) -> Undo | None:
        return None

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        names = display_names(data["row"])
        planned: list[tuple[Service, Plan]] = []
        left_out: list[Check] = []
        for service in data["row"]:
            try:
                planned.append((service, self._permitted(context, service, data)))
            except LeftOut as left:
                left_out.append(Check(Level.WARN, f"{names[service.pk]} is left out", left.reason, left.fix))
        if not planned:
            raise PlanError(" ".join(f"{check.title}: {check.detail}" for check in left_out), "row")
        parts = [
            Part(str(number), names[service.pk], plan, service.cluster_name, service.name)
            for number, (service, plan) in enumerate(planned)
        ]
        return joined(
            parts,
            summary=self.summary([plan for _, plan in planned], data),
            resource_key=_key(context, [service for service, _ in planned]),
            resource_name=counted(len(parts), "service"),
            checks=left_out,
            undo=self.undo(context, planned),
            stop_after=data["stop_after"],
        )

    def _permitted(self, context: ActionContext, service: Service, data: Mapping[str, Any]) -> Plan:
        if not policy.can(context.user, self.permission, service.access_target()):
            raise LeftOut(NOT_PERMITTED, ASK)
        if obstacle := ACTIONS[self.alone].unavailable(service):
            raise LeftOut(obstacle)
        return self.of_service(replace(context, resource=service), service, data)


def display_names(rows: Iterable[Service]) -> dict[int, str]:
    """Return service key -> its name, with its cluster if another selected service has the same name."""
    listed = list(rows)
    number = Counter(row.name for row in listed)
    return {row.pk: row.name if number[row.name] == 1 else f"{row.cluster_name}/{row.name}" for row in listed}


def _key(context: ActionContext, rows: Iterable[Service]) -> str:
    """Return the key of an operation on these services, the same whatever their order."""
    names = ",".join(sorted(f"{row.cluster_name}/{row.name}" for row in rows))
    return context.arn("ecs", f"services/{names}")[:LONGEST_KEY]
