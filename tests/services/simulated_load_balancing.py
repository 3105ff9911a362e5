"""What the tests of listeners, rules and certificates share: they are made in the simulated AWS, and swept."""

from typing import Any

from ecsdash.access.models import User
from ecsdash.operations.plan import Plan
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, SimulatedServices
from tests.services.test_service_create import with_balancer

SHOP = {"cluster": "shop"}
OWN = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def certificate(stage: SimulatedServices, domain: str = "shop.example") -> str:
    arn = stage.client("acm").request_certificate(DomainName=domain, SubjectAlternativeNames=[domain])["CertificateArn"]
    stage.sweep("certificates")
    return str(arn)


def encrypted(stage: SimulatedServices, **more: Any) -> dict[str, Any]:
    own = {"listener_protocol": "HTTPS", "certificate": certificate(stage), "redirect": "on"}
    return with_balancer(stage, **(own | more))


def shared_listener(stage: SimulatedServices, *rules: tuple[int, str]) -> str:
    """Of a load balancer that belongs to no service, with a rule for each (priority, path)."""
    elb = stage.client("elbv2")
    balancer = elb.create_load_balancer(Name="shared", Subnets=stage.subnets())["LoadBalancers"][0]["LoadBalancerArn"]
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[OWN])
    arn = str(made["Listeners"][0]["ListenerArn"])
    for priority, path in rules:
        rule(stage, arn, priority, path)
    stage.sandbox.step(10)
    stage.sweep(*LOAD_BALANCING_NOUNS)
    return arn


def rule(stage: SimulatedServices, listener: str, priority: int, path: str = "/", **more: Any) -> dict[str, Any]:
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}]
    made = stage.client("elbv2").create_rule(
        ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[OWN], **more
    )
    found: dict[str, Any] = made["Rules"][0]
    return found


def rules_at(stage: SimulatedServices, listener: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    return found


def by_rule(stage: SimulatedServices, listener: str, **more: Any) -> dict[str, Any]:
    own = {"balancer": "listener", "listener": listener, "rule_hosts": "", "rule_paths": "/api/*", "rule_priority": ""}
    return with_balancer(stage, **(own | more))


def review(stage: SimulatedServices, user: User, data: dict[str, Any]) -> Plan:
    return stage.review("create_service", user, data, **SHOP)
