from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from clusters.forms.tags import tag_list, tags_of
from clusters.models import Cluster
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import AccessTarget
from ecsdash.aws.prices import Estimate, total
from ecsdash.operations.actions import Action, ActionContext, register
from ecsdash.operations.plan import Change, Check, Level, Observation, Plan, Repeat, Step, Undo
from ecsdash.operations.refs import ref
from services.forms.service_create import CreateServiceForm
from services.forms.service_deployment import configuration_of
from services.forms.task_definition.advice import advice, image_checks
from services.forms.task_definition.placement import launch_checks
from services.models import TaskDefinition
from services.planning.load_balancing.plan import CALLS, Balancing, balancing
from services.planning.load_balancing.removal import FRONT
from services.planning.service_checks import percents
from services.planning.services import STEADY_SECONDS, TOUCHED
from services.planning.task_costs import definition_cost


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
        "task_definitions", "subnets", "security_groups", "load_balancers", "listeners", "target_groups",
        "certificates", "capacity_providers",
    )  # fmt: skip

    def access_target(self, context: ActionContext, data: Mapping[str, Any] | None = None) -> AccessTarget:
        """The new service itself: a team may be free to create those with its own names."""
        cluster = context.resource.access_target()
        return AccessTarget(cluster.account, cluster.region, cluster.cluster, data["service_name"] if data else "")

    def may_open(self, context: ActionContext) -> bool:
        return policy.can_within(context.user, self.permission, context.resource.access_target())

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        cluster: Cluster = context.resource
        name, definition = data["service_name"], data["definition"]
        front = balancing(context, data, f"{cluster.name}/{name}")
        params = _params(cluster, definition, data, front)
        identity = {"cluster": cluster.name, "service": name}
        return Plan(
            summary=f"Create the service {name} in {cluster.name}",
            resource_key=context.arn("ecs", f"service/{cluster.name}/{name}"),
            resource_name=name,
            steps=(*front.steps, _create_step(name, params, identity)),
            changes=tuple(Change(key, None, value) for key, value in params.items()),
            checks=(*_checks(context, definition, data), *front.checks),
            live_checks=image_checks(definition.description, context.scope.account.account_id, context.scope.region),
            observes=(Observation("service_state", identity, None, f"The service {name}"), *front.observes),
            undo=_undo(context, name, front),
            removal=_removal(context, name) if front.steps else None,
            outputs=front.outputs,
            touches=(*TOUCHED, *(FRONT if front.arn else ())),
            cost=_cost(context.scope.region, definition, data, front),
        )

    def unavailable(self, resource: Any) -> str:
        if resource.gone_at is not None:
            return "The cluster no longer exists."
        return "" if resource.status == "ACTIVE" else f"The cluster is {resource.status.lower()}."

    def back(self, context: ActionContext) -> str:
        return reverse("services:cluster_services", kwargs=context.resource.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        clusters = reverse("clusters:list", kwargs=context.scope.url_kwargs())
        return [("Clusters", clusters), (context.resource.name, self.back(context))]


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


def _params(cluster: Cluster, definition: TaskDefinition, data: Mapping[str, Any], front: Balancing) -> dict[str, Any]:
    daemon = data["scheduling"] == "DAEMON"
    balancers = front.of_service(data)
    return {
        "cluster": cluster.name,
        "serviceName": data["service_name"],
        "taskDefinition": definition.arn,
        "schedulingStrategy": data["scheduling"],
        **({} if daemon else {"desiredCount": data["desired_count"]}),
        **_capacity(data),
        **_network(definition, data),
        **({"loadBalancers": balancers} if balancers else {}),
        **({} if data["grace_period"] is None else {"healthCheckGracePeriodSeconds": data["grace_period"]}),
        "deploymentConfiguration": configuration_of(dict(data), daemon=daemon),
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": data["execute_command"],
        **({"tags": tag_list(tags_of(data["tags"]))} if data["tags"] else {}),
    }


def _capacity(data: Mapping[str, Any]) -> dict[str, Any]:
    """Neither is named where the cluster's default strategy shall apply."""
    if data["compute"] == "strategy":
        items = [
            {"capacityProvider": each["provider"], "weight": each["weight"], "base": each["base"]}
            for each in data["strategy"]
        ]
        return {"capacityProviderStrategy": items}
    return {} if data["compute"] == "default" else {"launchType": data["compute"]}


def _network(definition: TaskDefinition, data: Mapping[str, Any]) -> dict[str, Any]:
    if definition.network_mode != "awsvpc":
        return {}
    found: dict[str, Any] = {"subnets": data["subnets"]}
    if data["security_groups"]:
        found["securityGroups"] = data["security_groups"]
    if data["compute"] != "EC2":
        found["assignPublicIp"] = "ENABLED" if data["assign_public_ip"] else "DISABLED"
    return {"networkConfiguration": {"awsvpcConfiguration": found}}


def _checks(context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any]) -> tuple[Check, ...]:
    count = data["desired_count"]
    placed = {**data, "cluster": context.resource.name, "count": count}
    found = [*launch_checks(context, definition, placed), *_zones(definition, data)]
    if data["scheduling"] == "REPLICA":
        found += percents(count, data["minimum_percent"], data["maximum_percent"])
    if data["circuit_breaker"] == "off":
        title, detail = "The circuit breaker is off", "If the tasks do not start, ECS tries for ever."
        found.append(Check(Level.WARN, title, detail, "Let a failing deployment roll back or stop."))
    return (*found, *advice(context, definition.description))


def _zones(definition: TaskDefinition, data: Mapping[str, Any]) -> list[Check]:
    if definition.network_mode != "awsvpc" or len(data["subnets"]) > 1:
        return []
    title, detail = "All tasks run in one subnet", "If its zone fails, so does the service."
    return [Check(Level.WARN, title, detail, "Choose subnets in two or three zones.")]


def _undo(context: ActionContext, name: str, front: Balancing) -> Undo:
    data = {"remove_load_balancer": "on"} if front.steps else {}
    kwargs = {**context.resource.url_kwargs(), "service": name}
    return Undo("delete_service", f"delete {name}", kwargs, data)


def _removal(context: ActionContext, name: str) -> Undo:
    label = "remove what was made before it ended"
    return Undo("remove_leftovers", label, context.resource.url_kwargs(), {"service_name": name})


def _cost(region: str, definition: TaskDefinition, data: Mapping[str, Any], front: Balancing) -> Estimate | None:
    """Fargate tasks and a new load balancer; None when nothing is paid for that is not there already."""
    providers = {each["provider"] for each in data["strategy"]} if data["compute"] == "strategy" else set()
    fargate = data["compute"] == "FARGATE" or "FARGATE" in providers or providers == {"FARGATE_SPOT"}
    spot, count = providers == {"FARGATE_SPOT"}, data["desired_count"]
    tasks = definition_cost(region, definition.description, count, spot=spot) if fargate else None
    return total(each for each in (tasks, front.cost) if each)
