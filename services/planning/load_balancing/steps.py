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
NEW_LOAD_BALANCER = ref("load_balancer.LoadBalancers.0.LoadBalancerArn")
NEW_TARGET_GROUP = ref("target_group.TargetGroups.0.TargetGroupArn")


def balancer_step(data: Mapping[str, Any], owner: str) -> Step:
    return Step(
        "load_balancer",
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
        until_params={"load_balancer": NEW_LOAD_BALANCER},
        timeout=BALANCER_SECONDS,
    )


def group_steps(data: Mapping[str, Any], vpc: str, owner: str) -> tuple[Step, ...]:
    """Return the step that creates the target group, and the one that sets its attributes if the form has any."""
    create = Step(
        "target_group",
        f"Create the target group {data['balancer_name']}",
        call="elbv2.create_target_group",
        params={
            "Name": data["balancer_name"],
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
    attributes = [{"Key": key, "Value": value} for key, value in _attributes(data).items()]
    if not attributes:
        return (create,)
    change = Step(
        "target_group_attributes",
        "Set the deregistration delay and the stickiness of the target group",
        call="elbv2.modify_target_group_attributes",
        params={"TargetGroupArn": NEW_TARGET_GROUP, "Attributes": attributes},
    )
    return create, change


def _health_check(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the health check. Targets that speak no HTTP are checked by a TCP connection, unless a path is given."""
    by_path = data["balancer_type"] == APPLICATION or data["health_check_codes"]
    code = "GrpcCode" if data["group_version"] == "GRPC" else "HttpCode"
    given = {
        "HealthCheckProtocol": "HTTP" if by_path and data["balancer_type"] == NETWORK else None,
        "HealthCheckPath": (data["health_check_path"] or "/") if by_path else None,
        "HealthCheckIntervalSeconds": data["health_check_interval"],
        "HealthCheckTimeoutSeconds": data["health_check_timeout"],
        "HealthyThresholdCount": data["healthy_threshold"],
        "UnhealthyThresholdCount": data["unhealthy_threshold"],
        "Matcher": {code: data["health_check_codes"]} if data["health_check_codes"] else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _attributes(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that differ from the defaults of Elastic Load Balancing."""
    found: dict[str, str] = {}
    if data["deregistration_delay"] is not None:
        found["deregistration_delay.timeout_seconds"] = str(data["deregistration_delay"])
    if data["sticky_seconds"]:
        kind = "source_ip" if data["balancer_type"] == NETWORK else "lb_cookie"
        found |= {"stickiness.enabled": "true", "stickiness.type": kind}
        if kind == "lb_cookie":
            found["stickiness.lb_cookie.duration_seconds"] = str(data["sticky_seconds"])
    return found


def target_type(definition: TaskDefinition) -> str:
    """Return the target type: tasks in awsvpc mode are targets by IP address, others by instance."""
    return "ip" if definition.network_mode == "awsvpc" else "instance"


def listener_step(data: Mapping[str, Any], balancer: Any, owner: str) -> Step:
    encrypted = {"SslPolicy": SSL_POLICY, "Certificates": [{"CertificateArn": data["certificate"]}]}
    return Step(
        "listener",
        f"Create the {data['listener_protocol']} listener on port {data['listener_port']}",
        call="elbv2.create_listener",
        params={
            "LoadBalancerArn": balancer,
            "Protocol": data["listener_protocol"],
            "Port": data["listener_port"],
            **(encrypted if data["listener_protocol"] in ENCRYPTED else {}),
            "DefaultActions": [_forward()],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="listener_of_step",
    )


def redirect_step(data: Mapping[str, Any], balancer: Any, owner: str) -> Step:
    port = DEFAULT_PORTS[HTTP]
    target = {"Protocol": HTTPS, "Port": str(data["listener_port"]), "StatusCode": "HTTP_301"}
    return Step(
        "redirect",
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
        "rule",
        f"Create a listener rule for {' '.join((*hosts, *paths))} with priority {number}",
        call="elbv2.create_rule",
        params={
            "ListenerArn": data["listener"],
            "Priority": priority,
            "Conditions": conditions,
            "Actions": [_forward()],
            "Tags": _tags(owner),
        },
        repeat=Repeat.LOOKUP,
        lookup="rule_of_step",
        retry_on=() if chosen else ("PriorityInUse",),
        adjust="" if chosen else "next_free_priority",
    )


def _forward() -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": NEW_TARGET_GROUP}


def _tags(owner: str) -> list[dict[str, Any]]:
    return [{"Key": SERVICE_TAG, "Value": owner}, {"Key": STEP_TAG, "Value": STEP_ID}]
