"""Steps that create the load balancer, listener or listener rule of a new service."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref
from services.forms.load_balancer import ENCRYPTED, HTTP, HTTPS
from services.forms.target_group import APPLICATION, NETWORK
from services.models import TaskDefinition
from services.selectors.load_balancers import DEFAULT_PORTS, SERVICE_TAG

BALANCER_SECONDS = 900
#: The policy that Elastic Load Balancing recommends: TLS 1.2 and 1.3.
SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ALTERNATE = "-alternate"
EVERY_PATH = "/*"


def key_of(name: str, data: Mapping[str, Any]) -> str:
    """Return the key of a step: its name, and from the second target group of the service on its number."""
    return name if data["number"] == 1 else f"{name}_{data['number']}"


def new_load_balancer(data: Mapping[str, Any]) -> dict[str, str]:
    return ref(f"{key_of('load_balancer', data)}.LoadBalancers.0.LoadBalancerArn")


def new_target_group(data: Mapping[str, Any], name: str = "target_group") -> dict[str, str]:
    return ref(f"{key_of(name, data)}.TargetGroups.0.TargetGroupArn")


def balancer_step(data: Mapping[str, Any], owner: str) -> Step:
    return Step(
        key_of("load_balancer", data),
        f"Create the load balancer {data['balancer_name']}",
        call="elbv2.create_load_balancer",
        params={
            "Name": data["balancer_name"],
            "Type": data["balancer_type"],
            "Scheme": "internal" if data["internal"] else "internet-facing",
            "Subnets": data["subnets"],
            **({"SecurityGroups": groups} if (groups := data["balancer_security_groups"]) else {}),
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="load_balancer_of_step",
        until="load_balancer_active",
        until_params={"load_balancer": new_load_balancer(data)},
        timeout=BALANCER_SECONDS,
    )


def group_steps(data: Mapping[str, Any], vpc: str, owner: str) -> tuple[Step, ...]:
    """Return the steps that create the target group, and a second one for deployments that shift traffic."""
    first = _group_steps(data, vpc, owner, "target_group", data["balancer_name"])
    return (*first, *(_group_steps(data, vpc, owner, "alternate_group", alternate_name(data)) if data["shift"] else ()))


def alternate_name(data: Mapping[str, Any]) -> str:
    """Return the name of the second target group. Names of target groups have up to 32 characters."""
    return str(data["balancer_name"])[: 32 - len(ALTERNATE)].rstrip("-") + ALTERNATE


def _group_steps(data: Mapping[str, Any], vpc: str, owner: str, key: str, name: str) -> tuple[Step, ...]:
    """Return the step that creates a target group, and the one that sets its attributes if the form has any."""
    create = Step(
        key_of(key, data),
        f"Create the target group {name}",
        call="elbv2.create_target_group",
        params={
            "Name": name,
            "Protocol": data["group_protocol"],
            **({"ProtocolVersion": data["group_version"]} if data["group_version"] else {}),
            "Port": data["container_port"][1],
            "VpcId": vpc,
            "TargetType": target_type(data["definition"]),
            **_health_check(data),
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="target_group_of_step",
    )
    kind = "source_ip" if data["balancer_type"] == NETWORK else "lb_cookie"
    attributes = [{"Key": name, "Value": value} for name, value in attribute_values(data, kind).items()]
    if not attributes:
        return (create,)
    change = Step(
        key_of(f"{key}_attributes", data),
        f"Set the deregistration delay and the stickiness of {name}",
        call="elbv2.modify_target_group_attributes",
        params={"TargetGroupArn": new_target_group(data, key), "Attributes": attributes},
    )
    return create, change


def _health_check(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the health check. Targets that speak no HTTP are checked by a TCP connection, unless a path is given."""
    by_path = data["balancer_type"] == APPLICATION or data["health_check_codes"]
    code = "GrpcCode" if data["group_version"] == "GRPC" else "HttpCode"
    given = {
        "HealthCheckProtocol": "HTTP" if by_path and data["balancer_type"] == NETWORK else None,
        **health_params({**data, "health_check_path": (data["health_check_path"] or "/") if by_path else None}, code),
    }
    return {name: value for name, value in given.items() if value is not None}


def health_params(data: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the parameters of a health check, None for those that the form leaves empty. `code`: the member of the
    matcher."""
    return {
        "HealthCheckPath": data["health_check_path"] or None,
        "HealthCheckIntervalSeconds": data["health_check_interval"],
        "HealthCheckTimeoutSeconds": data["health_check_timeout"],
        "HealthyThresholdCount": data["healthy_threshold"],
        "UnhealthyThresholdCount": data["unhealthy_threshold"],
        "Matcher": {code: data["health_check_codes"]} if data["health_check_codes"] else None,
    }


def attribute_values(data: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return the attributes that the form sets. `kind`: the type of stickiness of this type of load balancer."""
    found: dict[str, str] = {}
    if data["deregistration_delay"] is not None:
        found["deregistration_delay.timeout_seconds"] = str(data["deregistration_delay"])
    if data["sticky_seconds"]:
        found |= {"stickiness.enabled": "true", "stickiness.type": kind}
        if kind == "lb_cookie":
            found["stickiness.lb_cookie.duration_seconds"] = str(data["sticky_seconds"])
    return found


def target_type(definition: TaskDefinition) -> str:
    """Return the target type: tasks in awsvpc mode are targets by IP address, others by instance."""
    return "ip" if definition.network_mode == "awsvpc" else "instance"


def listener_step(data: Mapping[str, Any], balancer: Any, owner: str) -> Step:
    """Return the step of the listener that clients use."""
    return new_listener("listener", data, balancer, owner, data["listener_protocol"], data["listener_port"])


def new_listener(key: str, data: Mapping[str, Any], balancer: Any, owner: str, protocol: str, port: int) -> Step:
    """Return the step of a listener whose default action forwards to the new target group."""
    encrypted = {"SslPolicy": SSL_POLICY, "Certificates": [{"CertificateArn": data["certificate"]}]}
    return Step(
        key_of(key, data),
        f"Create the {protocol} listener on port {port}",
        call="elbv2.create_listener",
        params={
            "LoadBalancerArn": balancer,
            "Protocol": protocol,
            "Port": port,
            **(encrypted if protocol in ENCRYPTED else {}),
            "DefaultActions": [forward(data)],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="listener_of_step",
    )


def redirect_step(data: Mapping[str, Any], balancer: Any, owner: str) -> Step:
    port = DEFAULT_PORTS[HTTP]
    target = {"Protocol": HTTPS, "Port": str(data["listener_port"]), "StatusCode": "HTTP_301"}
    return Step(
        key_of("redirect", data),
        f"Create the listener on port {port} that redirects to HTTPS",
        call="elbv2.create_listener",
        params={
            "LoadBalancerArn": balancer,
            "Protocol": HTTP,
            "Port": port,
            "DefaultActions": [{"Type": "redirect", "RedirectConfig": target}],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="listener_of_step",
    )


def rule_step(data: Mapping[str, Any], priority: int, owner: str) -> Step:
    hosts, paths = data["rule_hosts"], data["rule_paths"]
    conditions = [
        *([{"Field": "host-header", "HostHeaderConfig": {"Values": hosts}}] if hosts else []),
        *([{"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}] if paths else []),
    ]
    chosen = data["rule_priority"] is not None
    number = f"{priority}" if chosen else f"{priority} or the next free one"
    return Step(
        key_of("rule", data),
        f"Create a listener rule for {' '.join((*hosts, *paths))} with priority {number}",
        call="elbv2.create_rule",
        params={
            "ListenerArn": data["listener"],
            "Priority": priority,
            "Conditions": conditions,
            "Actions": [forward(data)],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="rule_of_step",
        retry_on=() if chosen else ("PriorityInUse",),
        adjust="" if chosen else "next_free_priority",
    )


def rule_for_all(key: str, data: Mapping[str, Any], listener: Any, owner: str) -> Step:
    """Return the step of a rule for every request of a new listener: ECS shifts the traffic of rules."""
    return Step(
        key_of(key, data),
        "Create the listener rule whose traffic ECS shifts" if key == "production_rule" else "Create the test rule",
        call="elbv2.create_rule",
        params={
            "ListenerArn": listener,
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [EVERY_PATH]}}],
            "Actions": [forward(data)],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="rule_of_step",
    )


def forward(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action that forwards to the new target group; with a second one, all to the first."""
    if not data["shift"]:
        return {"Type": "forward", "TargetGroupArn": new_target_group(data)}
    weights = ((new_target_group(data), 100), (new_target_group(data, "alternate_group"), 0))
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def _tags(owner: str) -> list[dict[str, Any]]:
    return [{"Key": SERVICE_TAG, "Value": owner}, {"Key": STEP_TAG, "Value": STEP_ID}]
