"""What a service's load balancer takes: the steps that make it, what they cost, what may be in the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clusters.costs import load_balancer_monthly
from clusters.models import Subnet
from clusters.selectors import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level, Output, Repeat, Step
from ecsdash.operations.refs import STEP_ID, join, ref
from services.conditions.task_definitions import STEP_TAG
from services.forms.service_create import EXISTING_BALANCER, EXISTING_GROUP, NEW_BALANCER, NONE
from services.models import Listener, LoadBalancer, Service, TargetGroup, TaskDefinition
from services.selectors.load_balancers import SERVICE_TAG

CALLS = ("elbv2.create_load_balancer", "elbv2.create_target_group", "elbv2.create_listener")
BALANCER_SECONDS = 900


@dataclass(frozen=True)
class Balancing:
    """`arn` of the target group (a ref when it is new)."""

    kind: str
    arn: Any
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    outputs: tuple[Output, ...] = ()
    cost: float = 0

    def of_service(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As CreateService takes it."""
        if self.kind == NONE:
            return []
        name, port = data["container_port"]
        return [{"targetGroupArn": self.arn, "containerName": name, "containerPort": port}]


def balancing(context: ActionContext, data: Mapping[str, Any], owner: str) -> Balancing:
    """From the cleaned form of create_service; `owner` is "cluster/service"."""
    kind = data["balancer"]
    if kind == NONE:
        return Balancing(kind, None)
    if kind == EXISTING_GROUP:
        return Balancing(kind, data["target_group"], checks=tuple(_group_checks(context, data)))
    new = kind == NEW_BALANCER
    balancer = ref("load_balancer.LoadBalancers.0.LoadBalancerArn") if new else data["load_balancer"]
    steps = (
        *((_balancer_step(data, owner),) if new else ()),
        _group_step(context, data, owner),
        _listener_step(data, balancer, owner),
    )
    return Balancing(
        kind,
        ref("target_group.TargetGroups.0.TargetGroupArn"),
        steps,
        tuple(_name_checks(context, data)),
        _outputs(context, data),
        load_balancer_monthly() if new else 0,
    )


def _balancer_step(data: Mapping[str, Any], owner: str) -> Step:
    return Step(
        "load_balancer",
        f"Create the load balancer {data['balancer_name']}",
        call="elbv2.create_load_balancer",
        params={
            "Name": data["balancer_name"],
            "Type": "application",
            "Scheme": "internal" if data["internal"] else "internet-facing",
            "Subnets": data["subnets"],
            **({"SecurityGroups": groups} if (groups := data["balancer_security_groups"]) else {}),
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="load_balancer_of_step",
        until="load_balancer_active",
        until_params={"load_balancer": ref("load_balancer.LoadBalancers.0.LoadBalancerArn")},
        timeout=BALANCER_SECONDS,
    )


def _group_step(context: ActionContext, data: Mapping[str, Any], owner: str) -> Step:
    definition: TaskDefinition = data["definition"]
    return Step(
        "target_group",
        f"Create the target group {data['balancer_name']}",
        call="elbv2.create_target_group",
        params={
            "Name": data["balancer_name"],
            "Protocol": "HTTP",
            "Port": data["container_port"][1],
            "VpcId": _vpc(context, data),
            "TargetType": target_type(definition),
            "HealthCheckPath": data["health_check_path"],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="target_group_of_step",
    )


def _listener_step(data: Mapping[str, Any], balancer: Any, owner: str) -> Step:
    return Step(
        "listener",
        f"Listen at port {data['listener_port']}",
        call="elbv2.create_listener",
        params={
            "LoadBalancerArn": balancer,
            "Protocol": "HTTP",
            "Port": data["listener_port"],
            "DefaultActions": [
                {"Type": "forward", "TargetGroupArn": ref("target_group.TargetGroups.0.TargetGroupArn")}
            ],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="listener_of_step",
    )


def target_type(definition: TaskDefinition) -> str:
    """A task in awsvpc mode is a target by its own address, others by their instance's."""
    return "ip" if definition.network_mode == "awsvpc" else "instance"


def _vpc(context: ActionContext, data: Mapping[str, Any]) -> str:
    if data["balancer"] == EXISTING_BALANCER:
        found = choices(LoadBalancer, context.user, context.scope).filter(arn=data["load_balancer"]).first()
        return found.vpc_id if found else ""
    subnet = choices(Subnet, context.user, context.scope).filter(name=data["subnets"][0]).first()
    return subnet.vpc_id if subnet else ""


def _tags(owner: str) -> list[dict[str, Any]]:
    return [{"Key": SERVICE_TAG, "Value": owner}, {"Key": STEP_TAG, "Value": STEP_ID}]


def _outputs(context: ActionContext, data: Mapping[str, Any]) -> tuple[Output, ...]:
    """Where the site will be."""
    port = data["listener_port"]
    tail = "/" if port == 80 else f":{port}/"
    if data["balancer"] == NEW_BALANCER:
        name: Any = ref("load_balancer.LoadBalancers.0.DNSName")
    else:
        found = choices(LoadBalancer, context.user, context.scope).filter(arn=data["load_balancer"]).first()
        name = found.dns_name if found else ""
    return (Output("Site address", join("http://", name, tail), link=True),)


def _name_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Names and ports that are taken."""
    name = data["balancer_name"]
    if choices(TargetGroup, context.user, context.scope).filter(name=name).exists():
        yield _taken(f"There is a target group called {name} already")
    if data["balancer"] == NEW_BALANCER:
        if choices(LoadBalancer, context.user, context.scope).filter(name=name).exists():
            yield _taken(f"There is a load balancer called {name} already")
        if not data["balancer_security_groups"]:
            yield Check(
                Level.WARN,
                "The load balancer gets the VPC's default security group",
                "It usually lets nobody in from outside.",
                "Choose a group that lets visitors in at the listener's port.",
            )
        return
    listeners = choices(Listener, context.user, context.scope).filter(load_balancer_arn=data["load_balancer"])
    used = sorted(listeners.values_list("port", flat=True))
    if data["listener_port"] in used:
        yield Check(
            Level.BLOCK,
            f"Port {data['listener_port']} of this load balancer is in use",
            f"It listens at {', '.join(map(str, used))}.",
            "Choose another port, or the target group of that listener.",
        )


def _taken(title: str) -> Check:
    return Check(Level.BLOCK, title, "", "Write another name.")


def _group_checks(context: ActionContext, data: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the target group fits the task definition, stands behind a load balancer, and is free."""
    group = choices(TargetGroup, context.user, context.scope).get(arn=data["target_group"])
    definition: TaskDefinition = data["definition"]
    wanted = target_type(definition)
    if group.target_type != wanted:
        detail = f"{definition.name} uses the network mode {definition.network_mode or 'bridge'}, which needs {wanted}."
        fix = f"Choose a target group of type {wanted}."
        yield Check(Level.BLOCK, f"The target group is of type {group.target_type}", detail, fix)
    if not group.load_balancer_arns:
        title, fix = f"{group.name} stands behind no load balancer", "Add a listener that forwards to it, then refresh."
        yield Check(Level.BLOCK, title, "ECS refuses it until it does.", fix)
    users = Service.objects.in_scope(context.scope.account, context.scope.region).present().exclude(status="INACTIVE")
    taken = [each.name for each in users if group.arn in each.target_group_arns]
    if taken:
        detail, fix = (
            f"{', '.join(taken)} registers its tasks there too.",
            "Give each service its own, unless you mean it.",
        )
        yield Check(Level.WARN, f"{group.name} is in use", detail, fix)
    if group.load_balancer_arns and group.target_type == wanted and not taken:
        yield Check(Level.OK, f"{group.name} is free and fits the task definition")
