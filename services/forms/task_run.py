"""The form that runs tasks."""

from typing import Any, ClassVar

from django import forms
from django.forms import formset_factory

from clusters.models import SecurityGroup, Subnet
from clusters.selectors.capacity_providers import capacity_providers
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import AccessTarget
from ecsdash.aws import limits
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext, ActionForm, Formset, GroupForm
from ecsdash.web.forms.conditional_fields import needed_where_shown
from services.forms.task_definition.lines import environment_of, words_of
from services.selectors import task_definitions

#: How many revisions of each family are offered.
REVISIONS_OFFERED = 10


class StrategyForm(GroupForm):
    provider = forms.ChoiceField(label="Capacity provider")
    weight = forms.IntegerField(min_value=0, max_value=1000, initial=1)
    base = forms.IntegerField(min_value=0, max_value=100_000, initial=0)

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        super().__init__(*args, context=context, **kwargs)
        own = capacity_providers(context.user, context.scope).values_list("name", flat=True)
        names = sorted({"FARGATE", "FARGATE_SPOT", *own})
        self.fields["provider"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class OverrideForm(GroupForm):
    """Only what is filled in overrides the container definition."""

    container = forms.CharField(max_length=255, help_text="Its name in the task definition")
    command = forms.CharField(required=False, help_text='As in a shell: sh -c "echo hello"')
    environment = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="NAME=value, one a line"
    )
    cpu = forms.IntegerField(required=False, min_value=0, label="CPU units")
    memory = forms.IntegerField(required=False, min_value=4, label="Memory limit in MiB")

    def clean_command(self) -> list[str]:
        return words_of(self.cleaned_data["command"])

    def clean_environment(self) -> list[dict[str, str]]:
        return environment_of(self.cleaned_data["environment"])


class RunTaskForm(ActionForm):
    groups: ClassVar[dict[str, type[Formset]]] = {
        "strategy": formset_factory(StrategyForm, extra=0, max_num=20),
        "overrides": formset_factory(OverrideForm, extra=0, max_num=50),
    }

    task_definition = forms.ChoiceField()
    cluster = forms.ChoiceField()
    count = forms.IntegerField(
        min_value=1,
        max_value=limits.RUN_TASK_COUNT,
        initial=1,
        label="Number of tasks",
        error_messages={"max_value": "ECS starts at most 10 tasks at once. Run the rest afterwards, or use a service."},
    )
    compute = forms.ChoiceField(
        widget=forms.RadioSelect,
        initial="FARGATE",
        choices=[
            ("FARGATE", "Fargate | No servers to look after"),
            ("EC2", "EC2 | On the cluster's container instances"),
            ("default", "Cluster's default | Its default capacity provider strategy"),
            ("strategy", "Capacity providers | Spread by base and weight"),
        ],
    )
    subnets = needed_where_shown(forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple))
    security_groups = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without one, the VPC's default group is used.",
    )
    assign_public_ip = forms.BooleanField(
        required=False, initial=True, label="Assign a public IP address (Fargate in a public subnet needs one)"
    )
    started_by = forms.CharField(
        required=False, max_length=128, help_text="A word by which these tasks can be found again"
    )

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        if chosen := initial.get("task_definition"):
            names = task_definitions.container_names(context.user, context.scope, chosen)
            initial["overrides"] = [{"container": name} for name in names]
            kwargs["initial"] = initial
        super().__init__(*args, context=context, **kwargs)
        user, scope = context.user, context.scope
        self._offer("task_definition", task_definitions.offered(user, scope, REVISIONS_OFFERED))
        self._offer("cluster", [(name, name) for name in runnable_clusters(context)])
        self._offer("subnets", [(s.name, f"{s.title} · {s.availability_zone}") for s in choices(Subnet, user, scope)])
        self._offer("security_groups", [(group.name, group.title) for group in choices(SecurityGroup, user, scope)])

    def _offer(self, field: str, offered: list[Any]) -> None:
        self.fields[field].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("compute") == "strategy" and not self.formsets["strategy"].total_form_count():
            self.add_error("compute", "Add at least one capacity provider below, or choose another way to run.")
        return data


def runnable_clusters(context: ActionContext) -> list[str]:
    """Names of the clusters in which the user may run something."""
    alias, region = context.scope.account.alias, context.scope.region
    return [
        cluster.name
        for cluster in clusters(context.user, context.scope).filter(status="ACTIVE").order_by("name")
        if policy.can_within(context.user, Permission.DEPLOY, AccessTarget(alias, region, cluster.name))
    ]
