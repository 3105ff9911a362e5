"""Whether tasks reach what they need before they start, and whether their load balancer reaches them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Final

from clusters.models import SecurityGroup, Subnet, Vpc
from ecsdash.inventory.choices import choices
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level
from ecsdash.web.formatting import counted
from services.forms.task_definition.checks import ECR_IMAGE
from services.models import LoadBalancer, TargetGroup, TaskDefinition
from services.planning.role_access import named_secrets

INTERNET_GATEWAY: Final = "igw-"
NAMED_AT_MOST: Final = 4


@dataclass(frozen=True)
class Wants:
    """What tasks ask for before they start: the internet, and AWS services that VPC endpoints offer too."""

    internet: bool
    services: frozenset[str]

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> "Wants":
        containers: list[Mapping[str, Any]] = definition.get("containerDefinitions", [])
        images = [ECR_IMAGE.match(each.get("image", "")) for each in containers]
        services = {"ecr.api", "ecr.dkr", "s3"} if any(images) else set()
        services |= {"secretsmanager" if ":secretsmanager:" in each else "ssm" for each in named_secrets(containers)}
        drivers = {(each.get("logConfiguration") or {}).get("logDriver") for each in containers}
        return cls(not all(images), frozenset(services | ({"logs"} if "awslogs" in drivers else set())))

    def missing_in(self, row: Subnet, public_ip: bool) -> str:
        """Return why tasks in the subnet do not reach all of it; empty if they do."""
        route = row.default_route or ""
        if route and (public_ip or not route.startswith(INTERNET_GATEWAY)):
            return ""
        why = (
            f"its route leads to {route}, which needs a public IP address" if route else "it has no route to 0.0.0.0/0"
        )
        if self.internet:
            return why
        missing = sorted(self.services - set(row.endpoints or ()))
        return f"{why}, and no VPC endpoint for {', '.join(missing)}" if missing else ""


def route_checks(context: ActionContext, definition: TaskDefinition, data: Mapping[str, Any]) -> Iterator[Check]:
    """Yield checks whether tasks on Fargate reach the registries of their images, and their secrets and logs. `data` is
    as for `compatibility`."""
    rows = list(choices(Subnet, context.user, context.scope).filter(name__in=data["subnets"]).order_by("name"))
    if definition.network_mode != "awsvpc" or data["compute"] == "EC2" or not rows:
        return
    if any(row.default_route is None for row in rows):
        yield from _by_public_subnets(rows, data["assign_public_ip"])
        return
    wants = Wants.of(definition.description)
    missing = {row.name: why for row in rows if (why := wants.missing_in(row, data["assign_public_ip"]))}
    if not missing:
        yield Check(Level.OK, "The subnets have a route to what the tasks need before they start", _routes(rows))
        return
    reasons = "; ".join(f"{name}: {why}" for name, why in list(missing.items())[:NAMED_AT_MOST])
    yield Check(
        Level.WARN,
        f"No route to the registries from {counted(len(missing), 'subnet')}: images cannot be pulled",
        f"{reasons}.",
        _fix_of(wants, data["assign_public_ip"]),
    )


def _fix_of(wants: Wants, public_ip: bool) -> str:
    ways = ["choose subnets with a NAT gateway" if not public_ip else "choose subnets with a route to a gateway"]
    ways += [] if public_ip else ["assign a public IP address in subnets with an internet gateway"]
    if not wants.internet:
        ways.append(f"create VPC endpoints for {', '.join(sorted(wants.services))}")
    text = ", or ".join(ways)
    return f"{text[:1].upper()}{text[1:]}."


def _routes(rows: Sequence[Subnet]) -> str:
    targets = sorted({row.default_route or "VPC endpoints" for row in rows})
    return f"{counted(len(rows), 'subnet')}, by {', '.join(targets)}."


def _by_public_subnets(rows: Iterable[Subnet], public_ip: bool) -> Iterator[Check]:
    """Yield a warning where the routes are not known: tasks in a public subnet without a public IP address."""
    if not public_ip and any(row.public for row in rows):
        yield Check(
            Level.WARN,
            "The tasks have no public IP address in a public subnet",
            "Without a public IP address or VPC endpoints, the images cannot be pulled.",
            "Assign a public IP address, or choose private subnets with a NAT gateway.",
        )


def balancer_checks(context: ActionContext, definition: TaskDefinition, document: Mapping[str, Any]) -> Iterator[Check]:
    """Yield checks whether the security groups of the tasks admit their load balancers. What the same plan creates is
    not judged."""
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    names = network.get("securityGroups", [])
    if definition.network_mode != "awsvpc" or not names or not all(isinstance(each, str) for each in names):
        return
    groups = list(SecurityGroup.objects.in_scope(context.scope.account, context.scope.region).filter(name__in=names))
    if len(groups) < len(set(names)):
        return
    for each in document.get("loadBalancers", []):
        if isinstance(each.get("targetGroupArn"), str) and each.get("containerPort"):
            yield from _reaches(context, groups, each["targetGroupArn"], each["containerPort"])


def _reaches(context: ActionContext, groups: Sequence[SecurityGroup], arn: str, port: int) -> Iterator[Check]:
    target = choices(TargetGroup, context.user, context.scope).filter(arn=arn).first()
    balancers = choices(LoadBalancer, context.user, context.scope)
    for row in balancers.filter(arn__in=target.load_balancer_arns if target else ()):
        own = set(row.description.get("SecurityGroups") or ())
        if not own:
            continue
        names = ", ".join(each.label or each.name for each in groups)
        if any(_admits(context, each, port, own) for each in groups):
            yield Check(Level.OK, f"The load balancer {row.name} reaches port {port} of the tasks", f"By {names}.")
        else:
            yield Check(
                Level.WARN,
                f"The load balancer {row.name} does not reach port {port} of the tasks",
                f"No inbound rule of {names} admits {', '.join(sorted(own))}, its security groups: health checks fail.",
                f"Add an inbound rule for port {port} from {sorted(own)[0]}.",
            )


def _admits(context: ActionContext, group: SecurityGroup, port: int, sources: set[str]) -> bool:
    """Return whether an inbound rule admits connections to the port from one of the groups, or from their VPC."""
    vpc = Vpc.objects.in_scope(context.scope.account, context.scope.region).filter(name=group.vpc_id).first()
    for rule in group.description.get("IpPermissions", []):
        if not _covers(rule, port):
            continue
        peers = {each.get("GroupId") for each in rule.get("UserIdGroupPairs", [])}
        ranges = [each["CidrIp"] for each in rule.get("IpRanges", []) if each.get("CidrIp")]
        if rule.get("PrefixListIds") or peers & sources or any(_overlaps(each, vpc) for each in ranges):
            return True
    return False


def _covers(rule: Mapping[str, Any], port: int) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return rule.get("IpProtocol") in ("tcp", "6") and rule.get("FromPort", 0) <= port <= rule.get("ToPort", 0)


def _overlaps(cidr: str, vpc: Vpc | None) -> bool:
    """Return whether addresses of the VPC lie in the range; True where the VPC is not known."""
    return vpc is None or not vpc.cidr or ip_network(cidr, strict=False).overlaps(ip_network(vpc.cidr))
