import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from clusters.forms.offers import offer_options
from clusters.forms.settings import StrategyFormSet
from clusters.forms.tags import TagFormSet, tag_list, tags_of
from clusters.models import Cluster
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.aws.prices import Estimate, total
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Continues, Effect, Level, Observation, Plan, Repeat, Step, Undo
from ecsdash.operations.refs import ref
from services.actions.scale_service import MOST_TASKS
from services.forms.definitions import offered_definitions
from services.forms.load_balancer import NEW_BALANCER, NONE, BalancerFields
from services.forms.placement import FARGATE, PlacementFields, capacity_of, network_of
from services.forms.service_deployment import DeploymentFields, configuration_of
from services.forms.task_definition.checks import definition_checks, image_checks
from services.forms.task_definition.placement import launch_checks, unresolved_hosts
from services.models import Service, TaskDefinition
from services.planning.load_balancing.plan import CALLS, Balancing, balancing
from services.planning.load_balancing.removal import LOAD_BALANCING_NOUNS
from services.planning.service_checks import percents
from services.planning.services import STEADY_SECONDS, TOUCHED
from services.planning.task_costs import definition_cost
from services.selectors import task_definitions

NAME = re.compile(r"\A[A-Za-z0-9_-]+\Z")


REVISIONS_OFFERED = 10


class CreateServiceForm(PlacementFields, BalancerFields, DeploymentFields):
    """Form; its cleaned data includes the TaskDefinition as `definition`."""

    groups = {"strategy": StrategyFormSet, "tags": TagFormSet}

    more_groups = ("balancer_security_groups",)

    task_definition = forms.ChoiceField(label="Task definition")
    service_name = forms.CharField(
        label="Name",
        max_length=255,
        help_text="Letters, digits, hyphens and underscores. The name cannot be changed later.",
    )
    scheduling = forms.ChoiceField(
        label="Scheduling",
        widget=forms.RadioSelect,
        initial="REPLICA",
        choices=[
            ("REPLICA", "Replica | The desired tasks, spread across Availability Zones"),
            ("DAEMON", "Daemon | One task on each container instance"),
        ],
    )
    desired_count = forms.IntegerField(label="Desired tasks", min_value=0, max_value=MOST_TASKS, initial=1)
    grace_period = forms.IntegerField(
        label="Health check grace period",
        required=False,
        min_value=0,
        max_value=2_147_483_647,
        help_text="Seconds after a task starts during which ECS ignores failed health checks.",
    )
    execute_command = forms.BooleanField(required=False, label="Turn on ECS Exec: run commands in the containers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = offered_definitions(self.context, REVISIONS_OFFERED)
        offer_options(self, "task_definition", TaskDefinition, found)

    def clean_service_name(self) -> str:
        name: str = self.cleaned_data["service_name"]
        if not NAME.match(name):
            raise forms.ValidationError("Use letters, digits, hyphens and underscores only.")
        rows = Service.objects.in_scope(self.context.scope.account, self.context.scope.region).present()
        if rows.filter(cluster_name=self.context.resource.name, name=name).exclude(status="INACTIVE").exists():
            raise forms.ValidationError("The cluster already has a service of this name. Enter another name.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_compute(data, self.context.resource.name)
        if data.get("scheduling") == "DAEMON" and data.get("compute") == FARGATE:
            self.add_error("scheduling", "Daemon services require container instances. Choose Replica, or EC2.")
        data["definition"] = self._definition(data)
        if data["definition"] is not None:
            self.check_network(data, data["definition"])
            self.check_balancer(data, data["definition"])
            self._check_load_balancer(data)
        return data

    def _definition(self, data: dict[str, Any]) -> TaskDefinition | None:
        return task_definitions.by_name(self.context.user, self.context.scope, data.get("task_definition", ""))

    def _check_load_balancer(self, data: dict[str, Any]) -> None:
        kind = data.get("balancer", NONE)
        if kind == NEW_BALANCER:
            zones = {self.known_subnets[name].availability_zone for name in data.get("subnets", [])}
            if len(zones) < 2:
                self.add_error(
                    "subnets",
                    "A load balancer requires subnets in at least two Availability Zones. Add another subnet.",
                )
        if data.get("grace_period") and kind == NONE:
            self.add_error("grace_period", "The grace period requires a load balancer. Leave the field empty.")


@register
class CreateService(Action):
    name = "create_service"
    label = "Create service"
    permission = Permission.OPERATE
    resource_type = Cluster
    creates = "service"
    path = "clusters/<str:cluster>/services/new/"
    form_class = CreateServiceForm
    template = "services/services/create.html"
    icon = "plus"
    calls = (*CALLS, "ecs.create_service")
    watches = (
        "task_definitions", "vpcs", "subnets", "security_groups", "load_balancers", "listeners", "target_groups",
        "certificates", "capacity_providers",
    )  # fmt: skip

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """Return the new service itself: a grant may be limited to some service names."""
        cluster = context.resource.access_target()
        return AccessTarget(cluster.account, cluster.region, cluster.cluster, data["service_name"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.resource.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        name, definition = data["service_name"], data["definition"]
        balancing_plan = balancing(context, data, f"{cluster.name}/{name}")
        params = _params(cluster, definition, data, balancing_plan)
        identity = {"cluster": cluster.name, "service": name}
        free = Observation("service_state", identity, None, f"The service {name}", (Effect("create", {}),))
        return Plan(
            summary=f"Create the service {name} in {cluster.name}",
            resource_key=context.arn("ecs", f"service/{cluster.name}/{name}"),
            resource_name=name,
            steps=(*balancing_plan.steps, _create_step(name, params, identity)),
            changes=tuple(Change(key, None, value) for key, value in params.items()),
            checks=(*_checks(context, definition, data), *balancing_plan.checks),
            live_checks=image_checks(definition.description, context.scope.account.account_id, context.scope.region),
            observes=(free, *balancing_plan.observes),
            undo=_undo(context, name, balancing_plan),
            continues=Continues(f"The service {name} exists, and ECS continues to start its tasks."),
            removal=_removal(context, name) if balancing_plan.steps else None,
            outputs=balancing_plan.outputs,
            touches=(*TOUCHED, *(LOAD_BALANCING_NOUNS if balancing_plan.arn else ())),
            cost=_cost(context.scope.region, definition, data, balancing_plan),
        )

    def unavailable(self, resource: Any) -> str:
        if resource.gone_at is not None:
            return "The cluster no longer exists."
        return "" if resource.status == "ACTIVE" else f"The cluster is {resource.status.lower()}."

    def back(self, context: ActionContext) -> str:
        return reverse("services:cluster_services", kwargs=context.resource.url_kwargs())


def _create_step(name: str, params: dict[str, Any], identity: dict[str, str]) -> Step:
    return Step(
        "create",
        f"Create the service {name} and wait until it is steady",
        call="ecs.create_service",
        params=params,
        repeat=Repeat.TOKEN,
        until="service_steady",
        until_params={**identity, "deployments": ref("create.service.deployments")},
        timeout=STEADY_SECONDS,
    )


def _params(
    cluster: Cluster, definition: TaskDefinition, data: Mapping[str, Any], balancing_plan: Balancing
) -> dict[str, Any]:
    daemon = data["scheduling"] == "DAEMON"
    balancers = balancing_plan.of_service(data)
    return {
        "cluster": cluster.name,
        "serviceName": data["service_name"],
        "taskDefinition": definition.arn,
        "schedulingStrategy": data["scheduling"],
        **({} if daemon else {"desiredCount": data["desired_count"]}),
        **capacity_of(data),
        **network_of(definition, data),
        **({"loadBalancers": balancers} if balancers else {}),
        **({} if data["grace_period"] is None else {"healthCheckGracePeriodSeconds": data["grace_period"]}),
        "deploymentConfiguration": configuration_of(dict(data), daemon=daemon),
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": data["execute_command"],
        **({"tags": tag_list(tags_of(data["tags"]))} if data["tags"] else {}),
    }


def _checks(context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any]) -> tuple[Check, ...]:
    count = data["desired_count"]
    placed = {**data, "cluster": context.resource.name, "count": count}
    found = [*launch_checks(context, definition, placed), *_zones(definition, data), *unresolved_hosts(definition)]
    if data["scheduling"] == "REPLICA":
        found += percents(count, data["minimum_percent"], data["maximum_percent"])
    if data["circuit_breaker"] == "off":
        title, detail = "The deployment circuit breaker is off", "If the tasks do not start, ECS keeps retrying."
        found.append(Check(Level.WARN, title, detail, "Choose Roll back or Stop."))
    return (*found, *definition_checks(context, definition.description))


def _zones(definition: TaskDefinition, data: Mapping[str, Any]) -> list[Check]:
    if definition.network_mode != "awsvpc" or len(data["subnets"]) > 1:
        return []
    title, detail = "All tasks run in one subnet", "If its Availability Zone fails, the service fails."
    return [Check(Level.WARN, title, detail, "Choose subnets in two or three Availability Zones.")]


def _undo(context: ActionContext, name: str, balancing_plan: Balancing) -> Undo:
    data = {"remove_load_balancer": "on"} if balancing_plan.steps else {}
    kwargs = {**context.resource.url_kwargs(), "service": name}
    return Undo("delete_service", f"delete {name}", kwargs, data)


def _removal(context: ActionContext, name: str) -> Undo:
    label = "remove the created resources"
    return Undo("remove_leftovers", label, context.resource.url_kwargs(), {"service_name": name})


def _cost(
    region: str, definition: TaskDefinition, data: Mapping[str, Any], balancing_plan: Balancing
) -> Estimate | None:
    """Return the cost of Fargate tasks and of a new load balancer; None if the plan adds no cost."""
    providers = {each["provider"] for each in data["strategy"]} if data["compute"] == "strategy" else set()
    fargate = data["compute"] == "FARGATE" or "FARGATE" in providers or providers == {"FARGATE_SPOT"}
    spot, count = providers == {"FARGATE_SPOT"}, data["desired_count"]
    tasks = definition_cost(region, definition.description, count, spot=spot) if fargate else None
    return total(each for each in (tasks, balancing_plan.cost) if each)
