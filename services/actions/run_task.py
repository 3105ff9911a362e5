from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import formset_factory
from django.urls import reverse

from clusters.forms.offers import offer_options
from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet, tag_list, tags_of
from clusters.models import Cluster
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.aws import limits
from ecsdash.masking import mask
from ecsdash.operations.actions import Action, ActionContext, GroupForm, register
from ecsdash.operations.plan import Change, Output, Plan, PlanError, Repeat, Step
from ecsdash.operations.refs import ref
from services.forms.definitions import offered_definitions
from services.forms.placement import PlacementFields, capacity_of, network_of
from services.forms.sizes import CpuField, MemoryField
from services.forms.task_definition.checks import image_checks
from services.forms.task_definition.field_text import environment_of, words_of
from services.forms.task_definition.placement import launch_checks
from services.models import TaskDefinition
from services.selectors import task_definitions

#: Number of offered revisions per family.
REVISIONS_OFFERED = 10


class OverrideForm(GroupForm):
    """Overrides of one container. Empty fields override nothing."""

    container = forms.CharField(max_length=255, help_text="Container name in the task definition")
    command = forms.CharField(required=False, help_text='Shell syntax: sh -c "echo hello"')
    environment = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="NAME=value, one per line"
    )
    cpu = CpuField(required=False, min_value=0, label="CPU")
    memory = MemoryField(required=False, min_value=4, label="Memory hard limit")

    def clean_command(self) -> list[str]:
        return words_of(self.cleaned_data["command"])

    def clean_environment(self) -> list[dict[str, str]]:
        return environment_of(self.cleaned_data["environment"])


class RunTaskForm(PlacementFields):
    """Form; its cleaned data includes the TaskDefinition as `definition`."""

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
        error_messages={
            "max_value": "ECS starts at most 10 tasks per call. Run the rest afterwards, or create a service."
        },
    )
    started_by = forms.CharField(
        required=False, max_length=128, label="Started by", help_text="A text to find these tasks by"
    )

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        if chosen := initial.get("task_definition"):
            names = task_definitions.container_names(context.user, context.scope, chosen)
            initial["overrides"] = [{"container": name} for name in names]
            kwargs["initial"] = initial
        super().__init__(*args, context=context, **kwargs)
        found = offered_definitions(context, REVISIONS_OFFERED)
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
    """Return the names of the clusters in which the user may run tasks."""
    alias, region = context.scope.account.alias, context.scope.region
    return [
        cluster.name
        for cluster in clusters(context.user, context.scope).filter(status="ACTIVE").order_by("name")
        if policy.can_within(context.user, Permission.DEPLOY, AccessTarget(alias, region, cluster.name))
    ]


@register
class RunTask(Action):
    name = "run_task"
    label = "Run task"
    permission = Permission.DEPLOY
    creates = "task"
    path = "tasks/run/"
    form_class = RunTaskForm
    template = "services/tasks/run.html"
    icon = "player-play"
    calls = ("ecs.run_task",)
    watches = ("task_definitions", "clusters", "vpcs", "subnets", "security_groups", "capacity_providers")

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """Return the place of the tasks: the family of a standalone task counts as its service."""
        alias, region = context.scope.account.alias, context.scope.region
        if data is None:
            return context.scope.access_target()
        return AccessTarget(alias, region, data["cluster"], data["task_definition"].partition(":")[0])

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.scope.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        definition: TaskDefinition = data["definition"]
        params = _params(definition, data)
        count, cluster = data["count"], data["cluster"]
        some = f"{count} task{'s' if count > 1 else ''}"
        wait = {"cluster": cluster, "tasks": ref("run.tasks"), "failures": ref("run.failures"), "count": count}
        return Plan(
            summary=f"Run {some} of {definition.name} in {cluster}",
            resource_key=context.arn("ecs", f"task/{cluster}/new-{uuid4().hex[:12]}"),
            resource_name=definition.name,
            steps=(
                Step(
                    "run",
                    f"Run {some} of {definition.name}",
                    call="ecs.run_task",
                    params=params,
                    repeat=Repeat.TOKEN,
                    until="tasks_started",
                    until_params=wait,
                ),
            ),
            changes=tuple(Change(name, None, value) for name, value in mask(params).items() if name != "cluster"),
            checks=launch_checks(context, definition, data),
            live_checks=image_checks(definition.description, context.scope.account.account_id, context.scope.region),
            outputs=tuple(Output(f"Task {n + 1}", ref(f"run.tasks.{n}.taskArn")) for n in range(count)),
            touches=("tasks", "clusters"),
        )

    def back(self, context: ActionContext) -> str:
        return reverse("services:tasks", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Tasks", self.back(context))]


def _params(definition: TaskDefinition, data: Mapping[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = {
        "cluster": data["cluster"],
        "taskDefinition": definition.name,
        "count": data["count"],
        **capacity_of(data),
        **network_of(definition, data),
    }
    if overrides := _overrides(definition, data):
        params["overrides"] = {"containerOverrides": overrides}
    if data["started_by"]:
        params["startedBy"] = data["started_by"]
    if data["tags"]:
        params["tags"] = tag_list(tags_of(data["tags"]))
    return params


def _overrides(definition: TaskDefinition, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [each["name"] for each in definition.description.get("containerDefinitions", [])]
    found = []
    for each in data["overrides"]:
        if each["container"] not in names:
            known = ", ".join(names)
            raise PlanError(f"{definition.name} has no container {each['container']}. It has: {known}.")
        given = {key: each[key] for key in ("command", "environment", "cpu", "memory") if each[key] not in ([], None)}
        if given:
            found.append({"name": each["container"], **given})
    return found
