"""The form that creates a service: compute, task definition, count, network, load balancer, deployments, tags."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms

from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet
from clusters.models import SecurityGroup, Subnet
from clusters.selectors import choices
from services.forms.service_deployment import DeploymentFields
from services.forms.service_scale import MOST_TASKS
from services.models import LoadBalancer, Service, TargetGroup, TaskDefinition
from services.selectors import task_definitions

NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
GROUP_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
REVISIONS_OFFERED = 10
NONE, EXISTING_GROUP, EXISTING_BALANCER, NEW_BALANCER = "none", "target_group", "load_balancer", "new"


class CreateServiceForm(DeploymentFields):
    """Cleaned, `definition` is the TaskDefinition, `container` its (name, port) behind the load balancer or None."""

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
    subnets = forms.MultipleChoiceField(
        required=False, help_text="Where tasks in awsvpc mode, and a new load balancer, get their addresses."
    )
    security_groups = forms.MultipleChoiceField(
        required=False, help_text="Of the tasks. Without one, the VPC's default group is used."
    )
    assign_public_ip = forms.BooleanField(
        required=False, initial=True, label="Assign a public IP address (Fargate in a public subnet needs one)"
    )
    balancer = forms.ChoiceField(
        label="Load balancer",
        widget=forms.RadioSelect,
        initial=NONE,
        choices=[
            (NONE, "None | Tasks are reached directly, or not at all"),
            (NEW_BALANCER, "New | An application load balancer with listener and target group"),
            (EXISTING_BALANCER, "Existing load balancer | A new listener and target group on it"),
            (EXISTING_GROUP, "Existing target group | It must stand behind a load balancer already"),
        ],
    )
    container = forms.CharField(
        label="Container and port",
        required=False,
        max_length=300,
        help_text="container:port that gets the requests. Empty: the only port that the task definition opens.",
    )
    target_group = forms.ChoiceField(label="Target group", required=False)
    load_balancer = forms.ChoiceField(label="Load balancer", required=False)
    balancer_name = forms.CharField(
        label="Name of what is new",
        required=False,
        max_length=32,
        help_text="Of the load balancer and its target group. Empty: the service's name.",
    )
    listener_port = forms.IntegerField(label="Listener port", min_value=1, max_value=65535, initial=80, required=False)
    health_check_path = forms.CharField(label="Health check path", max_length=1024, initial="/", required=False)
    balancer_security_groups = forms.MultipleChoiceField(
        label="Security groups of the new load balancer",
        required=False,
        help_text="They must let visitors in at the listener's port. Without one, the VPC's default group is used.",
    )
    internal = forms.BooleanField(required=False, label="Internal: reached from inside the VPC only")
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
        self.target_groups = {row.arn: row for row in choices(TargetGroup, user, scope)}
        self.load_balancers = {row.arn: row for row in choices(LoadBalancer, user, scope)}
        groups = [(name, f"{row.title} · {row.vpc_id}") for name, row in self.known_groups.items()]
        self._offer("task_definition", task_definitions.offered(user, scope, REVISIONS_OFFERED))
        self._offer("subnets", ((name, _subnet_label(row)) for name, row in self.known_subnets.items()))
        self._offer("security_groups", groups)
        self._offer("balancer_security_groups", groups)
        self._offer("target_group", [("", "Choose"), *((a, _group_label(g)) for a, g in self.target_groups.items())])
        self._offer("load_balancer", [("", "Choose"), *((a, b.name) for a, b in self.load_balancers.items())])

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
            self._check_balancer(data, data["definition"])
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

    def _check_balancer(self, data: dict[str, Any], definition: TaskDefinition) -> None:
        kind = data.get("balancer", NONE)
        data["container_port"] = None if kind == NONE else self._container_port(data, definition)
        if kind == EXISTING_GROUP and not data.get("target_group"):
            self.add_error("target_group", "Choose the target group.")
        if kind == EXISTING_BALANCER and not data.get("load_balancer"):
            self.add_error("load_balancer", "Choose the load balancer.")
        if kind in (EXISTING_BALANCER, NEW_BALANCER):
            self._check_new_group(data)
        if kind == NEW_BALANCER:
            zones = {self.known_subnets[name].availability_zone for name in data.get("subnets", [])}
            if len(zones) < 2:
                self.add_error("subnets", "A load balancer needs subnets in at least two zones. Choose one more.")
        if data.get("grace_period") and kind == NONE:
            self.add_error("grace_period", "It is for services behind a load balancer. Leave it empty.")

    def _check_new_group(self, data: dict[str, Any]) -> None:
        name = data["balancer_name"] = data.get("balancer_name") or data.get("service_name", "")[:32].strip("-_")
        if not GROUP_NAME.match(name) or name.startswith("internal-"):
            text = "Letters, digits and hyphens only, no hyphen at the ends, not internal- at the start."
            self.add_error("balancer_name", text)
        if not data.get("listener_port"):
            self.add_error("listener_port", "Write the port at which visitors come in, 80 say.")
        if not (data.get("health_check_path") or "").startswith("/"):
            self.add_error("health_check_path", "A path begins with a slash.")

    def _container_port(self, data: dict[str, Any], definition: TaskDefinition) -> tuple[str, int] | None:
        """The container and port that the form names, or the only ones there are."""
        ports = ports_of(definition)
        named = [f"{name}:{port}" for name, port in ports]
        wanted = (data.get("container") or "").strip()
        if not ports:
            self.add_error("balancer", f"{definition.name} opens no port. Choose None, or a revision that opens one.")
        elif not wanted and len(ports) > 1:
            self.add_error("container", f"There are several. Write one of: {', '.join(named)}.")
        elif wanted and wanted not in named:
            self.add_error("container", f"{definition.name} has no such port. Write one of: {', '.join(named)}.")
        else:
            return ports[named.index(wanted)] if wanted else ports[0]
        return None

    def _offer(self, field: str, offered: Iterable[Any]) -> None:
        cast(forms.ChoiceField, self.fields[field]).choices = list(offered)


def ports_of(definition: TaskDefinition) -> list[tuple[str, int]]:
    """(container, port) of every port that a task definition opens."""
    return [
        (container["name"], mapping["containerPort"])
        for container in definition.description.get("containerDefinitions", [])
        for mapping in container.get("portMappings", [])
        if "containerPort" in mapping
    ]


def _subnet_label(row: Subnet) -> str:
    kind = "public" if row.public else "private"
    return f"{row.title} · {row.availability_zone} · {row.cidr} · {kind} · {row.vpc_id}"


def _group_label(row: TargetGroup) -> str:
    place = "" if row.load_balancer_arns else " · behind no load balancer"
    return f"{row.name} · {row.protocol}:{row.port} · {row.target_type}{place}"
