"""The form that creates a service: compute, task definition, count, network, load balancer, deployments, tags."""

import re
from typing import Any

from django import forms

from clusters.forms.offers import offer_options
from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet
from services.forms.load_balancer import NEW_BALANCER, NONE, BalancerFields
from services.forms.placement import FARGATE, PlacementFields
from services.forms.service_deployment import DeploymentFields
from services.forms.service_scale import MOST_TASKS
from services.models import Service, TaskDefinition
from services.selectors import task_definitions

NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
REVISIONS_OFFERED = 10


class CreateServiceForm(PlacementFields, BalancerFields, DeploymentFields):
    """Cleaned, `definition` is the TaskDefinition."""

    groups = {"strategy": StrategyFormSet, "tags": TagFormSet}

    more_groups = ("balancer_security_groups",)

    task_definition = forms.ChoiceField(label="Task definition")
    service_name = forms.CharField(
        label="Name", max_length=255, help_text="Letters, digits, hyphens and underscores. It cannot be changed later."
    )
    scheduling = forms.ChoiceField(
        label="Scheduling",
        widget=forms.RadioSelect,
        initial="REPLICA",
        choices=[
            ("REPLICA", "Replica | As many tasks as desired, spread over zones"),
            ("DAEMON", "Daemon | One task on each container instance"),
        ],
    )
    desired_count = forms.IntegerField(label="Desired tasks", min_value=0, max_value=MOST_TASKS, initial=1)
    grace_period = forms.IntegerField(
        label="Health check grace period",
        required=False,
        min_value=0,
        max_value=2_147_483_647,
        help_text="Seconds after its start in which a task's failing health checks do not count.",
    )
    execute_command = forms.BooleanField(required=False, label="Turn on ECS Exec: run commands in its containers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = task_definitions.offered(self.context.user, self.context.scope, REVISIONS_OFFERED)
        offer_options(self, "task_definition", TaskDefinition, found)

    def clean_service_name(self) -> str:
        name: str = self.cleaned_data["service_name"]
        if not NAME.match(name):
            raise forms.ValidationError("Use letters, digits, hyphens and underscores only.")
        rows = Service.objects.in_scope(self.context.scope.account, self.context.scope.region).present()
        if rows.filter(cluster_name=self.context.resource.name, name=name).exclude(status="INACTIVE").exists():
            raise forms.ValidationError("The cluster has a service of this name already. Choose another.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_compute(data, self.context.resource.name)
        if data.get("scheduling") == "DAEMON" and data.get("compute") == FARGATE:
            self.add_error("scheduling", "Fargate has no instances to run a daemon on. Choose Replica, or EC2.")
        data["definition"] = self._definition(data)
        if data["definition"] is not None:
            self.check_network(data, data["definition"])
            self.check_balancer(data, data["definition"])
            self._check_front(data)
        return data

    def _definition(self, data: dict[str, Any]) -> TaskDefinition | None:
        return task_definitions.by_name(self.context.user, self.context.scope, data.get("task_definition", ""))

    def _check_front(self, data: dict[str, Any]) -> None:
        kind = data.get("balancer", NONE)
        if kind == NEW_BALANCER:
            zones = {self.known_subnets[name].availability_zone for name in data.get("subnets", [])}
            if len(zones) < 2:
                self.add_error("subnets", "A load balancer needs subnets in at least two zones. Choose one more.")
        if data.get("grace_period") and kind == NONE:
            self.add_error("grace_period", "It is for services behind a load balancer. Leave it empty.")
