"""The form that runs tasks: the parameters of RunTask as one document."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy

from clusters.forms.network import preselected
from clusters.models import Role
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.document_forms import DocumentActionForm
from ecsdash.operations.offers import permitted
from ecsdash.web.forms.conditional_fields import required_where_shown
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.rendering import Offers
from ecsdash.web.forms.document.state import Document
from services.documents import findings
from services.forms.run_task_fields import RUN_TASK
from services.forms.service.findings import Known, named_definition, named_network, named_providers
from services.forms.service.offers import service_offers
from services.forms.service.start import fitted, remember_network
from services.models import TaskDefinition
from services.selectors import task_definitions

LONGEST_MINUTES: Final = 1440


class RunTaskForm(DocumentActionForm):
    """Form; its cleaned data has the `document`, and the TaskDefinition as `definition`. `left_out`: what the form
    fills in and the plan leaves out."""

    document_form = RUN_TASK
    schema_url = reverse_lazy("services:document_schema", args=["task"])
    json_help = "Paste the parameters of run-task."

    wait = forms.BooleanField(
        required=False,
        label="Wait until the tasks have ended",
        help_text="The operation fails if a task cannot start, or if an essential container exits with a code other "
        "than 0.",
    )
    minutes = required_where_shown(
        forms.IntegerField(min_value=1, max_value=LONGEST_MINUTES, initial=15, label="Time limit of the wait (minutes)")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.data, QueryDict):
            remember_network(self.data, self.state.document)

    def start(self, context: ActionContext, initial: dict[str, Any]) -> Document:
        """Return one Fargate task in the network that was used last."""
        cluster = str(initial.get("cluster") or next(iter(runnable_clusters(context)), ""))
        chosen = preselected(context, cluster)
        groups = {"securityGroups": chosen["security_groups"]} if chosen["security_groups"] else {}
        network = {"subnets": chosen["subnets"], **groups, "assignPublicIp": "ENABLED"}
        return {
            "taskDefinition": str(initial.get("task_definition", "")),
            "cluster": cluster,
            "count": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network},
        }

    def offers(self) -> Offers:
        return {
            **service_offers(self.context, self.cluster, self.definition),
            "clusters": [(name, name) for name in runnable_clusters(self.context)],
            "roles": [(row.arn, row.name) for row in permitted(self.context, self._roles())],
        }

    def document_findings(self, document: Document) -> Sequence[Finding]:
        reading = findings.by_model(document, findings.RUN_TASK)
        if self.definition is not None and not reading.violations:
            document, _ = fitted(reading.usable, self.definition)
        found = findings.run_task_findings(document, self.definition.description if self.definition else None)
        if any(each.level is FindingLevel.BLOCK for each in found):
            return found
        return [*found, *self._named(reading.usable)]

    @cached_property
    def usable(self) -> Document:
        """What the model takes of the document: without nulls and values of other types."""
        return findings.by_model(self.state.document, findings.RUN_TASK).usable

    @property
    def cluster(self) -> str:
        return str(self.usable.get("cluster", ""))

    @cached_property
    def definition(self) -> TaskDefinition | None:
        named = str(self.usable.get("taskDefinition", "")).rpartition("/")[2]
        return task_definitions.by_name(self.context.user, self.context.scope, named) if named else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("wait") and not data.get("minutes"):
            self.add_error("minutes", f"Enter a number of minutes from 1 to {LONGEST_MINUTES:,}.")
        data["definition"] = self.definition
        data["document"], data["left_out"] = self.usable, []
        if self.definition is not None:
            data["document"], data["left_out"] = fitted(self.usable, self.definition)
        return data

    def _named(self, document: Document) -> Iterator[Finding]:
        if "clientToken" in document:
            what = "The token of the call is set when it is made."
            yield Finding("/clientToken", FindingLevel.BLOCK, what, "", "Remove it.")
        if self.cluster not in runnable_clusters(self.context):
            what = f"{self.cluster or 'The cluster'} is no active cluster in which you may run tasks."
            yield Finding("/cluster", FindingLevel.BLOCK, what, "", "Choose from the list.")
        known = Known(self.context, self.cluster, self.definition)
        yield from named_definition(document, known)
        yield from named_providers(document, known)
        yield from named_network(document, known)

    def _roles(self) -> list[Role]:
        return list(choices(Role, self.context.user, self.context.scope))


def runnable_clusters(context: ActionContext) -> list[str]:
    """Return the names of the clusters in which the user may run tasks."""
    alias, region = context.scope.account.alias, context.scope.region
    return [
        cluster.name
        for cluster in clusters(context.user, context.scope).filter(status="ACTIVE").order_by("name")
        if policy.can_within(context.user, Permission.DEPLOY, AccessTarget(alias, region, cluster.name))
    ]
