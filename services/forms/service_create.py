"""The form that creates a service: compute, task definition, count, network, load balancer, deployments, tags."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms

from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet
from clusters.models import SecurityGroup, Subnet
from ecsdash.inventory.choices import choices
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.forms.load_balancer import NEW_BALANCER, NONE, BalancerFields
from services.forms.service_deployment import DeploymentFields
from services.forms.service_scale import MOST_TASKS
from services.models import Service, TaskDefinition
from services.selectors import task_definitions

NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
REVISIONS_OFFERED = 10


class CreateServiceForm(BalancerFields, DeploymentFields):
    """Cleaned, `definition` is the TaskDefinition."""

    groups = {"strategy": StrategyFormSet, "tags": TagFormSet}

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
    task_definition = forms.ChoiceField(label="Task definition")
    service_name = forms.CharField(
        label="Name", max_length=255, help_text="Letters, digits, hyphens and underscores; it stays as it is."
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
    subnets = required_where_shown(
        forms.MultipleChoiceField(help_text="Where tasks in awsvpc mode, and a new load balancer, get their addresses.")
    )
    security_groups = forms.MultipleChoiceField(
        required=False, help_text="Of the tasks. Without one, the VPC's default group is used."
    )
    assign_public_ip = forms.BooleanField(
        required=False, initial=True, label="Assign a public IP address (Fargate in a public subnet needs one)"
    )
    grace_period = forms.IntegerField(
        label="Health check grace period",
        required=False,
        min_value=0,
        max_value=2_147_483_647,
        help_text="Seconds after its start in which a task's failing health checks do not count.",
    )
    execute_command = forms.BooleanField(required=False, label="Allow commands inside its containers (ECS Exec)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user, scope = self.context.user, self.context.scope
        self.known_subnets = {row.name: row for row in choices(Subnet, user, scope)}
        self.known_groups = {row.name: row for row in choices(SecurityGroup, user, scope)}
        groups = [(name, f"{row.title} · {row.vpc_id}") for name, row in self.known_groups.items()]
        self._offer("task_definition", task_definitions.offered(user, scope, REVISIONS_OFFERED))
        self._offer("subnets", ((name, _subnet_label(row)) for name, row in self.known_subnets.items()))
        self._offer("security_groups", groups)
        self._offer("balancer_security_groups", groups)

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
        self._check_compute(data)
        data["definition"] = self._definition(data)
        if data["definition"] is not None:
            self._check_network(data, data["definition"])
            self.check_balancer(data, data["definition"])
            self._check_front(data)
        return data

    def _definition(self, data: dict[str, Any]) -> TaskDefinition | None:
        return task_definitions.by_name(self.context.user, self.context.scope, data.get("task_definition", ""))

    def _check_compute(self, data: dict[str, Any]) -> None:
        compute = data.get("compute")
        if compute == "strategy" and not self.formsets["strategy"].total_form_count():
            self.add_error("compute", "Add at least one capacity provider below, or choose another way to run.")
        if data.get("scheduling") == "DAEMON" and compute == "FARGATE":
            self.add_error("scheduling", "Fargate has no instances to run a daemon on. Choose Replica, or EC2.")

    def _check_network(self, data: dict[str, Any], definition: TaskDefinition) -> None:
        chosen = [self.known_subnets[name] for name in data.get("subnets", [])]
        if definition.network_mode == "awsvpc" and not chosen:
            self.add_error("subnets", f"Choose at least one: {definition.name} uses the network mode awsvpc.")
        networks = {subnet.vpc_id for subnet in chosen}
        if len(networks) > 1:
            self.add_error("subnets", "The subnets lie in different VPCs. Choose those of one VPC.")
        for field in ("security_groups", "balancer_security_groups"):
            strangers = [name for name in data.get(field, []) if self.known_groups[name].vpc_id not in networks]
            if len(networks) == 1 and strangers:
                text = f"{', '.join(strangers)} belong to another VPC than the subnets. Choose groups of the same VPC."
                self.add_error(field, text)
        if len(data.get("security_groups", [])) > 5:
            self.add_error("security_groups", "ECS takes at most 5. Choose fewer.")

    def _check_front(self, data: dict[str, Any]) -> None:
        kind = data.get("balancer", NONE)
        if kind == NEW_BALANCER:
            zones = {self.known_subnets[name].availability_zone for name in data.get("subnets", [])}
            if len(zones) < 2:
                self.add_error("subnets", "A load balancer needs subnets in at least two zones. Choose one more.")
        if data.get("grace_period") and kind == NONE:
            self.add_error("grace_period", "It is for services behind a load balancer. Leave it empty.")

    def _offer(self, field: str, offered: Iterable[Any]) -> None:
        cast(forms.ChoiceField, self.fields[field]).choices = list(offered)


def _subnet_label(row: Subnet) -> str:
    kind = "public" if row.public else "private"
    return f"{row.title} · {row.availability_zone} · {row.cidr} · {kind} · {row.vpc_id}"
