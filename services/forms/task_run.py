"""The form that runs tasks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import formset_factory

from clusters.forms.offers import offer_options
from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet
from clusters.models import Cluster
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where
from ecsdash.aws import limits
from ecsdash.operations.actions import ActionContext, GroupForm
from services.forms.placement import PlacementFields
from services.forms.sizes import CpuField, MemoryField
from services.forms.task_definition.lines import environment_of, words_of
from services.models import TaskDefinition
from services.selectors import task_definitions

#: How many revisions of each family are offered.
REVISIONS_OFFERED = 10


class OverrideForm(GroupForm):
    """Only what is filled in overrides the container definition."""

    container = forms.CharField(max_length=255, help_text="Its name in the task definition")
    command = forms.CharField(required=False, help_text='As in a shell: sh -c "echo hello"')
    environment = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="NAME=value, one a line"
    )
    cpu = CpuField(required=False, min_value=0, label="CPU")
    memory = MemoryField(required=False, min_value=4, label="Memory hard limit")

    def clean_command(self) -> list[str]:
        return words_of(self.cleaned_data["command"])

    def clean_environment(self) -> list[dict[str, str]]:
        return environment_of(self.cleaned_data["environment"])


class RunTaskForm(PlacementFields):
    """Cleaned, `definition` is the TaskDefinition."""

    groups = {
        "strategy": StrategyFormSet,
        "tags": TagFormSet,
        "overrides": formset_factory(OverrideForm, extra=0, max_num=50),
    }

    task_definition = forms.ChoiceField(label="Task definition")
    cluster = forms.ChoiceField(label="Cluster")
    count = forms.IntegerField(
        min_value=1,
        max_value=limits.RUN_TASK_COUNT,
        initial=1,
        label="Number of tasks",
        error_messages={"max_value": "ECS starts at most 10 tasks at once. Run the rest afterwards, or use a service."},
    )
    started_by = forms.CharField(
        required=False, max_length=128, label="Started by", help_text="A text by which you find these tasks again"
    )

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        if chosen := initial.get("task_definition"):
            names = task_definitions.container_names(context.user, context.scope, chosen)
            initial["overrides"] = [{"container": name} for name in names]
            kwargs["initial"] = initial
        super().__init__(*args, context=context, **kwargs)
        found = task_definitions.offered(context.user, context.scope, REVISIONS_OFFERED)
        offer_options(self, "task_definition", TaskDefinition, found)
        offer_options(self, "cluster", Cluster, [(name, name) for name in runnable_clusters(context)])

    def cluster_named(self, context: ActionContext, initial: Mapping[str, Any]) -> str:
        return str(initial.get("cluster") or next(iter(runnable_clusters(context)), ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_compute(data, data.get("cluster", ""))
        name = data.get("task_definition", "")
        data["definition"] = task_definitions.by_name(self.context.user, self.context.scope, name) if name else None
        if data["definition"] is not None:
            self.check_network(data, data["definition"])
        return data


def runnable_clusters(context: ActionContext) -> list[str]:
    """Names of the clusters in which the user may run something."""
    alias, region = context.scope.account.alias, context.scope.region
    return [
        cluster.name
        for cluster in clusters(context.user, context.scope).filter(status="ACTIVE").order_by("name")
        if policy.can_within(context.user, Permission.DEPLOY, Where(alias, region, cluster.name))
    ]
