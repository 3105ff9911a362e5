from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.urls import reverse
from django.utils.crypto import get_random_string

from clusters.forms.configuration import ConfigurationFields, configuration_lines, configuration_of
from clusters.forms.launch import WATCHES, LaunchFields
from clusters.forms.settings import INSIGHTS
from clusters.forms.tags import TagFormSet, tag_list, tags_of
from clusters.planning import roles
from clusters.planning.auto_scaling import GroupCapacity
from clusters.planning.launching import Launch, launch_checks
from clusters.selectors.clusters import clusters
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, PlanError, Step, Undo

TEMPLATES = {
    "fargate": "Fargate | Serverless. AWS provides CPU and memory for each task.",
    "ec2": "EC2 instances | An Auto Scaling group with ECS managed scaling.",
    "both": "Fargate and EC2 | Both. Each service chooses its capacity.",
}
FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"]
NAME = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,254}\Z",
    "Use up to 255 letters, digits, hyphens and underscores. The first must be a letter or a digit.",
)
#: The fields that are used with EC2 capacity only.
EC2_FIELDS = ("image", "instance_type", "instance_profile", "subnets", "security_groups", "disk", "minimum", "maximum",
              "desired")  # fmt: skip


class CreateClusterForm(ConfigurationFields, LaunchFields):
    name = forms.CharField(max_length=255, label="Name", validators=[NAME])
    template = forms.ChoiceField(label="Infrastructure", choices=list(TEMPLATES.items()), widget=forms.RadioSelect)
    container_insights = forms.ChoiceField(
        label="Container Insights",
        choices=list(INSIGHTS.items()),
        help_text="CloudWatch metrics. CloudWatch charges apply.",
    )
    minimum = forms.IntegerField(label="Minimum capacity", min_value=0, max_value=500, initial=0)
    maximum = forms.IntegerField(label="Maximum capacity", min_value=1, max_value=500, initial=3)
    desired = forms.IntegerField(label="Desired capacity", min_value=0, max_value=500, initial=1)

    groups = {"tags": TagFormSet}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].initial = "fargate"
        if self.is_bound and not self.has_ec2:
            for name in EC2_FIELDS:
                self.fields[name].required = False

    @property
    def has_ec2(self) -> bool:
        return self["template"].value() in ("ec2", "both")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name == "new":
            raise forms.ValidationError("The name new is reserved. Choose another name.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.has_ec2:
            for name in EC2_FIELDS:  # unused fields are not validated
                self.errors.pop(name, None)
            return data
        minimum, maximum, desired = data.get("minimum"), data.get("maximum"), data.get("desired")
        if minimum is not None and maximum is not None and minimum > maximum:
            self.add_error(
                "maximum",
                f"The maximum is below the minimum of {minimum}. Increase the maximum or decrease the minimum.",
            )
        elif minimum is not None and maximum is not None and desired is not None and not minimum <= desired <= maximum:
            self.add_error("desired", f"Choose a number from the minimum ({minimum}) to the maximum ({maximum}).")
        return data

    def check_launch(self, data: dict[str, Any]) -> None:
        if self.has_ec2:
            super().check_launch(data)


@register
class CreateCluster(Action):
    name = "create_cluster"
    label = "Create cluster"
    danger = Danger.NONE
    creates = "cluster"
    path = "clusters/new/"
    icon = "plus"
    form_class = CreateClusterForm
    template = "clusters/create_cluster.html"
    watches = ("clusters", "capacity_providers", *WATCHES)
    calls = (
        "ecs.create_cluster",
        *roles.CALLS,
        "iam.create_instance_profile",
        "iam.add_role_to_instance_profile",
        "ec2.create_launch_template",
        "autoscaling.create_auto_scaling_group",
        "autoscaling.describe_auto_scaling_groups",
        "ecs.create_capacity_provider",
        "ecs.put_cluster_capacity_providers",
    )

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        return AccessTarget(context.scope.account.alias, context.scope.region, data["name"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        """Return whether the user may create some cluster here. The submitted name is checked later."""
        return policy.can_within(context.user, Permission.OPERATE, self.access_target(context))

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Clusters", self.back(context))]

    def back(self, context: ActionContext) -> str:
        return reverse("clusters:list", kwargs=context.scope.url_kwargs())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        name, capacity = data["name"], _capacity(data)
        if clusters(context.user, context.scope).filter(name=name).exists():
            raise PlanError(f"The cluster {name} already exists. Choose another name.", "name")
        return Plan(
            summary=f"Create the cluster {name}",
            resource_key=context.arn("ecs", f"cluster/{name}"),
            resource_name=name,
            steps=(_create(data), *(capacity.steps(_providers(data), _strategy(data, capacity)) if capacity else ())),
            changes=(*_changes(data), *(capacity.changes() if capacity else ())),
            checks=(
                Check(Level.OK, f"The name {name} is available"),
                *(launch_checks(capacity.launch) if capacity else ()),
            ),
            observes=(
                Observation(
                    "cluster_state", {"cluster": name}, None, f"Cluster {name}", (Effect("create_cluster", {}),)
                ),
            ),
            undo=Undo(
                "delete_cluster",
                f"delete the cluster {name}",
                {**context.scope.url_kwargs(), "cluster": name},
                {"capacity": "on"},
            ),
            touches=("clusters", "capacity_providers", "auto_scaling_groups", "container_instances"),
            cost=capacity.monthly_cost if capacity else None,
        )


def _capacity(data: Mapping[str, Any]) -> GroupCapacity | None:
    """Return the Auto Scaling group for EC2, None for Fargate. Its name has a random suffix."""
    if data["template"] == "fargate":
        return None
    return GroupCapacity(
        name=f"cp-{data['name'][:100]}-{get_random_string(6, 'abcdefghijkmnpqrstuvwxyz23456789')}",
        launch=Launch.of(data["name"], data),
        minimum=data["minimum"],
        maximum=data["maximum"],
        desired=data["desired"],
    )


def _providers(data: Mapping[str, Any]) -> list[str]:
    """Return the Fargate capacity providers. That of the Auto Scaling group is attached after them."""
    return [] if data["template"] == "ec2" else FARGATE_PROVIDERS


def _strategy(data: Mapping[str, Any], capacity: GroupCapacity | None) -> list[dict[str, Any]]:
    """Return the cluster's default capacity provider strategy."""
    provider = capacity.name if capacity and data["template"] == "ec2" else "FARGATE"
    return [{"capacityProvider": provider, "weight": 1, "base": 0}]


def _create(data: Mapping[str, Any]) -> Step:
    """Return the call, idempotent by name. The capacity provider for EC2 and the strategy are set by a later step."""
    params: dict[str, Any] = {
        "clusterName": data["name"],
        "settings": [{"name": "containerInsights", "value": data["container_insights"]}],
        "tags": tag_list(tags_of(data["tags"])),
    }
    if configuration := configuration_of(data, {}):
        params["configuration"] = configuration
    if data["namespace"]:
        params["serviceConnectDefaults"] = {"namespace": data["namespace"]}
    if data["template"] != "ec2":
        params |= {"capacityProviders": FARGATE_PROVIDERS, "defaultCapacityProviderStrategy": _strategy(data, None)}
    return Step(
        "create_cluster",
        f"Create the cluster {data['name']}",
        "ecs.create_cluster",
        params,
        until="cluster_active",
        until_params={"cluster": data["name"]},
        timeout=300,
    )


def _changes(data: Mapping[str, Any]) -> tuple[Change, ...]:
    return (
        Change("name", None, data["name"]),
        Change("template", None, TEMPLATES[data["template"]].partition(" | ")[0]),
        Change("Container Insights", None, INSIGHTS[data["container_insights"]]),
        *((Change("Default namespace", None, data["namespace"]),) if data["namespace"] else ()),
        *(Change(name, None, value) for name, value in configuration_lines(configuration_of(data, {})).items()),
        *(Change(f"tag {key}", None, value) for key, value in tags_of(data["tags"]).items()),
    )
