"""What the subject of a call names before the call, and what a call touches beside what it names."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ecsdash.access.ownership import Holds, implied, present
from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, name_of, named_by, thing
from ecsdash.access.targets import AccessTarget
from services.models import Listener, LoadBalancer, Service, TaskDefinition
from services.ownership.places import REGISTER, UPDATE, as_update, scope

Named = Iterable[Reference | RequiredCapability]
Params = Mapping[str, Any]


@present(REGISTER)
def of_family(where: AccessTarget, params: Params, holds: Holds) -> Named:
    """A new revision may name what the latest active revision of its family names."""
    rows = TaskDefinition.objects.filter(**scope(where), family=params["family"], status="ACTIVE").present()
    latest = rows.order_by("-revision").values_list("description", flat=True).first()
    return named_by(REGISTER, latest) if latest else ()


@present(UPDATE)
def of_service(where: AccessTarget, params: Params, holds: Holds) -> Named:
    cluster, name = params.get("cluster", "default"), params["service"].rpartition("/")[2]
    rows = Service.objects.filter(**scope(where), cluster_name=cluster.rpartition("/")[2], name=name).present()
    service = rows.values_list("cluster_name", "name", "description").first()
    return named_by(UPDATE, as_update(*service)) if service else ()


@present("ecs.run_task")
def of_services_of_family(where: AccessTarget, params: Params, holds: Holds) -> Named:
    """A standalone task may use the network that a service of its family uses in the same cluster, if the person may
    change that service."""
    family = name_of("task_definition", str(params.get("taskDefinition", "")))
    cluster = str(params.get("cluster", "default")).rpartition("/")[2]
    rows = Service.objects.filter(**scope(where), cluster_name=cluster).present()
    running = [row for row in rows if name_of("task_definition", row.task_definition) == family]
    using = [row for row in running if holds(AccessTarget(where.account, where.region, cluster, row.name))]
    return [named for row in using for named in named_by(UPDATE, as_update(cluster, row.name, row.description))]


@implied("elbv2.create_rule")
def traffic_taken(where: AccessTarget, params: Params) -> Iterable[Reference | RequiredCapability]:
    """A rule takes requests from later rules that match the same ones, and a rule for all from the default action."""
    listener = Listener.objects.filter(**scope(where), arn=params["ListenerArn"]).first()
    if listener is None:
        return
    yield from _exposure(where, listener.load_balancer_arn)
    hosts, paths = _patterns(params, "HostHeaderConfig"), _patterns(params, "PathPatternConfig")
    for rule in listener.rules:
        later = int(rule["priority"]) >= int(params["Priority"])
        if later and _overlap(hosts, rule["hosts"]) and _overlap(paths, rule["paths"]):
            for arn in rule["target_group_arns"]:
                yield thing(How.CHANGES, "target_group", arn)
    if not hosts and (not paths or any(path.strip("/*") == "" for path in paths)):
        for arn in listener.target_group_arns:
            yield thing(How.CHANGES, "target_group", arn)


@implied("elbv2.create_listener")
def new_listener(where: AccessTarget, params: Params) -> Iterable[Reference | RequiredCapability]:
    arn = params["LoadBalancerArn"]
    yield from _exposure(where, arn)


def _exposure(where: AccessTarget, load_balancer: str) -> Iterable[RequiredCapability]:
    rows = LoadBalancer.objects.filter(**scope(where), arn=load_balancer, scheme="internet-facing")
    if row := rows.first():
        yield RequiredCapability(
            Capability.PUBLIC_EXPOSURE, f"The load balancer {row.name} is reachable from the internet."
        )


def _patterns(params: Params, config: str) -> list[str]:
    return [value for each in params.get("Conditions", ()) for value in each.get(config, {}).get("Values", ())]


def _overlap(first: list[str], second: list[str]) -> bool:
    """Return whether some request can match a pattern of both; no pattern matches every request."""
    if not first or not second:
        return True
    pairs = [(one.lower(), other.lower()) for one in first for other in second]
    return any(fnmatchcase(one, other) or fnmatchcase(other, one) for one, other in pairs)
