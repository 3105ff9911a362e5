"""Rules about what leads to the tasks of a service: load balancers, registries, Service Connect, VPC Lattice."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.documents.findings.launch.deployment import SHIFTING, strategy
from services.documents.findings.parts import Launch, Part, Violation, listed, name_of, outside
from services.documents.findings.references import is_arn, is_role
from services.documents.findings.task_definition.task import network_mode

MOST_TARGET_GROUPS: Final = 5
DISCOVERY_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
DNS_NAME: Final = re.compile(r"[a-z0-9_.][a-z0-9_.-]{0,126}")
#: What a load balancer needs for deployments that shift traffic.
SHIFT_MEMBERS: Final = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")


def load_balancers(service: Launch) -> Iterator[Violation]:
    parts = service.parts("loadBalancers")
    total = len(parts) + service.planned
    if total > MOST_TARGET_GROUPS:
        what, why = f"{total} target groups are too many", f"ECS takes at most {MOST_TARGET_GROUPS}."
        yield Violation(service.at("loadBalancers"), what, why, "Remove some.")
    counts = Counter((each.get("targetGroupArn"), each.get("containerPort")) for each in parts)
    for each in parts:
        yield from _load_balancer(each)
        yield from _container_port(service, each)
        if each.get("targetGroupArn") and counts[each.get("targetGroupArn"), each.get("containerPort")] > 1:
            yield Violation(each.at("targetGroupArn"), "The target group is here twice", "", "Remove one of them.")


def _load_balancer(part: Part) -> Iterator[Violation]:
    group, classic = part.get("targetGroupArn"), part.get("loadBalancerName")
    place = part.at("targetGroupArn")
    if not group and not classic:
        yield Violation(place, "The load balancer has no target group", "", "Choose one.")
    elif group and classic:
        how = "Remove the name: it belongs to Classic Load Balancers."
        yield Violation(part.at("loadBalancerName"), "A target group and a name exclude each other", "", how)
    elif group and not is_arn(group, "elasticloadbalancing"):
        yield Violation(place, "This is not the ARN of a target group", "", "Enter the full ARN.")
    for member in ("containerName", "containerPort"):
        if not part.get(member):
            yield Violation(part.at(member), f"The load balancer has no {member}", "", "Enter it.")


def _container_port(service: Launch, part: Part) -> Iterator[Violation]:
    """Compare a container and its port with the task definition."""
    name, port = part.get("containerName"), part.get("containerPort")
    if service.definition is None or not name:
        return
    containers = {str(each.get("name")): each for each in service.definition.parts("containerDefinitions")}
    if name not in containers:
        what = f"The task definition has no container {name_of(part, 'containerName')}"
        yield Violation(part.at("containerName"), what, "", f"Enter one of {listed(containers)}.")
    elif port and not _listens(containers[name], port):
        ports = [each.get("containerPort") for each in containers[name].parts("portMappings")]
        how = f"Enter one of {listed(ports)}." if ports else "Add a port mapping to the container."
        yield Violation(part.at("containerPort"), f"{name_of(part, 'containerName')} has no port {port}", "", how)


def _listens(container: Part, port: int) -> bool:
    for each in container.parts("portMappings"):
        first, _, last = str(each.get("containerPortRange") or "").partition("-")
        ranged = first.isdecimal() and last.isdecimal() and len(last) <= 5 and int(first[:5]) <= port <= int(last)
        if ranged or each.get("containerPort") == port:
            return True
    return False


def shifting(service: Launch) -> Iterator[Violation]:
    """Check the second target group and listener rule that blue/green, linear and canary deployments need."""
    if strategy(service) not in SHIFTING:
        return
    for each in service.parts("loadBalancers"):
        advanced = each.part("advancedConfiguration")
        for member in SHIFT_MEMBERS:
            if not advanced.get(member):
                what = f"The deployment strategy {strategy(service)} needs {member}"
                yield Violation(advanced.at(member), what, "", "Enter it.")
    connect = service.part("serviceConnectConfiguration").get("enabled")
    shifted = service.get("loadBalancers") or service.planned or connect
    if strategy(service) != "BLUE_GREEN" and service.creates and not shifted:
        what = f"The deployment strategy {strategy(service)} shifts traffic, and there is none"
        how = "Add an Application Load Balancer or Service Connect."
        yield Violation(service.at("deploymentConfiguration", "strategy"), what, "", how)


def advanced_references(service: Launch) -> Iterator[Violation]:
    for each in service.parts("loadBalancers"):
        advanced = each.part("advancedConfiguration")
        for member in ("alternateTargetGroupArn", "productionListenerRule", "testListenerRule"):
            if advanced.get(member) and not is_arn(advanced.get(member), "elasticloadbalancing"):
                what = "This is not an ARN of Elastic Load Balancing"
                yield Violation(advanced.at(member), what, "", "Enter the full ARN.")
        if advanced.get("roleArn") and not is_role(advanced.get("roleArn")):
            what = "This is not the ARN of an IAM role"
            yield Violation(advanced.at("roleArn"), what, "", "Enter the ARN of the infrastructure role.")


def role(service: Launch) -> Iterator[Violation]:
    if not service.get("role"):
        return
    place, text = service.at("role"), service.get("role")
    if not is_role(text):
        yield Violation(place, "This is not the ARN of an IAM role", "", "Enter the ARN or the name of a role.")
    elif service.definition is not None and network_mode(service.definition) == "awsvpc":
        why = "ECS uses its service-linked role for tasks with their own network interface."
        yield Violation(place, "A role does not go with the network mode awsvpc", why, "Remove it.")
    elif not service.get("loadBalancers"):
        yield Violation(place, "A role needs a load balancer", "It allows calls to it.", "Remove it.")
    elif len(service.parts("loadBalancers")) > 1 or service.get("serviceRegistries"):
        why = "Several target groups and service discovery use the service-linked role."
        yield Violation(place, "A role goes with one load balancer only", why, "Remove it.")


def registries(service: Launch) -> Iterator[Violation]:
    for each in service.parts("serviceRegistries")[1:]:
        yield Violation(each.pointer, "A service has one service registry", "", "Remove the others.")
    for each in service.parts("serviceRegistries"):
        if not is_arn(each.get("registryArn", ""), "servicediscovery"):
            how = "Enter the ARN of a Cloud Map service."
            yield Violation(each.at("registryArn"), "This is not the ARN of a service registry", "", how)
        yield from outside(each, "port", 1, 65_535)
        yield from _container_port(service, each)
        if service.definition is not None and network_mode(service.definition) != "awsvpc":
            for member in ("containerName", "containerPort"):
                if not each.get(member):
                    why = "Without it, Cloud Map does not know which port of the instance to name."
                    yield Violation(each.at(member), f"The registry needs {member}", why, "Enter it.")


def grace_period(service: Launch) -> Iterator[Violation]:
    yield from outside(service, "healthCheckGracePeriodSeconds", 0, 2_147_483_647, "seconds")


def grace_period_unused(service: Launch) -> Iterator[Violation]:
    definition = service.definition
    checked = service.get("loadBalancers") or service.get("vpcLatticeConfigurations") or service.planned
    if not service.get("healthCheckGracePeriodSeconds") or checked or definition is None or not service.creates:
        return
    if not any(each.get("healthCheck") for each in definition.parts("containerDefinitions")):
        yield Violation(
            service.at("healthCheckGracePeriodSeconds"),
            "The grace period has no effect",
            "There is no load balancer and no health check whose failures it would ignore.",
            "Remove it, or add a health check.",
        )


def port_names(service: Launch) -> Iterator[Violation]:
    """Compare the ports that Service Connect, VPC Lattice and gateways name with the task definition."""
    definition = service.definition
    if definition is None:
        return
    containers = definition.parts("containerDefinitions")
    known = [each.get("name") for container in containers for each in container.parts("portMappings")]
    names = [name for name in known if name]
    connect = service.part("serviceConnectConfiguration")
    users = (
        *connect.parts("services"),
        *service.parts("vpcLatticeConfigurations"),
        *service.parts("gatewayConnectors"),
    )
    for each in users:
        if each.get("portName") not in names:
            how = f"Enter one of {listed(names)}." if names else "Give a port a name in the task definition."
            what = f"The task definition has no port {name_of(each, 'portName')}"
            yield Violation(each.at("portName"), what, "", how)


def connect(service: Launch) -> Iterator[Violation]:
    part = service.part("serviceConnectConfiguration")
    definition = service.definition
    if part.get("enabled") and definition is not None and network_mode(definition) not in ("awsvpc", "bridge"):
        what = f"Service Connect does not support the network mode {network_mode(definition)}"
        yield Violation(part.at("enabled"), what, "", "Choose a task definition with awsvpc or bridge.")
    names = Counter(each.get("discoveryName") or each.get("portName") for each in part.parts("services"))
    for each in part.parts("services"):
        yield from _connect_service(each)
        name = each.get("discoveryName") or each.get("portName")
        if names[name] > 1:
            place = each.at("discoveryName")
            yield Violation(place, f"Two ports are discovered as {str(name)[:60]}", "", "Use another discovery name.")


def _connect_service(part: Part) -> Iterator[Violation]:
    name = part.get("discoveryName")
    if name and not DISCOVERY_NAME.fullmatch(name):
        how = "Use up to 64 lower-case letters, digits, underscores and hyphens, not a hyphen first."
        yield Violation(part.at("discoveryName"), "The name has characters that ECS does not take", "", how)
    aliases = part.parts("clientAliases")
    if not aliases:
        what, why = "The port has no client alias", "Clients connect to the port and name of the alias."
        yield Violation(part.at("clientAliases"), what, why, "Add one with a port.")
    for each in aliases[1:]:
        yield Violation(each.pointer, "A port has one client alias", "", "Remove the others.")
    for each in aliases:
        if each.get("dnsName") and not DNS_NAME.fullmatch(each.get("dnsName")):
            how = "Use lower-case letters, digits, underscores, hyphens and dots."
            yield Violation(each.at("dnsName"), "This is not a DNS name that ECS takes", "", how)
    tls = part.part("tls")
    authority = tls.part("issuerCertificateAuthority").get("awsPcaAuthorityArn")
    if tls.members and not is_arn(authority or "", "acm-pca"):
        place = tls.at("issuerCertificateAuthority", "awsPcaAuthorityArn")
        yield Violation(place, "TLS needs a private certificate authority", "", "Enter its ARN.")


def connect_off(service: Launch) -> Iterator[Violation]:
    part = service.part("serviceConnectConfiguration")
    if part.get("enabled") is False and part.get("services"):
        what = "Service Connect is off: its ports have no effect"
        yield Violation(part.at("services"), what, "", "Turn Service Connect on, or remove them.")


def lattice(service: Launch) -> Iterator[Violation]:
    for each in service.parts("vpcLatticeConfigurations"):
        if each.has("targetGroupArn") and not is_arn(each.get("targetGroupArn"), "vpc-lattice"):
            how = "Enter the full ARN."
            yield Violation(each.at("targetGroupArn"), "This is not the ARN of a VPC Lattice target group", "", how)
        if each.has("roleArn") and not is_role(each.get("roleArn")):
            how = "Enter the ARN of the infrastructure role."
            yield Violation(each.at("roleArn"), "This is not the ARN of an IAM role", "", how)
