"""What the subject of a call names before the call, and what a call touches beside what it names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ecsdash.access.ownership import Holds, implied, present
from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, name_of, named_by, thing
from ecsdash.access.targets import AccessTarget
from services.documents.listener_rule import conditions
from services.documents.listener_rule.entries import conditions_of
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
    if listener is not None:
        yield from _exposure(where, listener.load_balancer_arn)
        yield from _taken(listener, conditions.stored(params.get("Conditions", ())), int(params["Priority"]))


@implied("elbv2.modify_rule")
def traffic_of_rule(where: AccessTarget, params: Params) -> Iterable[Reference | RequiredCapability]:
    """Other conditions of a rule take requests as those of a new one do."""
    for listener, rule in _rules_named(where, {params["RuleArn"]}):
        yield from _exposure(where, listener.load_balancer_arn)
        if wanted := params.get("Conditions"):
            yield from _taken(listener, conditions.stored(wanted), int(rule["priority"]), rule["arn"])


@implied("elbv2.set_rule_priorities")
def traffic_of_moved_rules(where: AccessTarget, params: Params) -> Iterable[Reference | RequiredCapability]:
    """A rule with a lower number takes requests from the rules that it moves before."""
    wanted = {each["RuleArn"]: int(each["Priority"]) for each in params["RulePriorities"]}
    for listener, rule in _rules_named(where, wanted):
        yield from _taken(listener, conditions_of(rule), wanted[rule["arn"]], rule["arn"])


def _rules_named(where: AccessTarget, arns: Collection[str]) -> Iterable[tuple[Listener, dict[str, Any]]]:
    rows = Listener.objects.filter(**scope(where)).present()
    return [(row, rule) for row in rows for rule in row.rules if rule["arn"] in arns]


def _taken(
    listener: Listener, wanted: Sequence[dict[str, Any]], priority: int, itself: str = ""
) -> Iterable[Reference | RequiredCapability]:
    """Yield the target groups that lose requests to a rule with these conditions and this priority."""
    for rule in listener.rules:
        later = int(rule["priority"]) >= priority and rule["arn"] != itself
        if later and conditions.overlap(wanted, conditions_of(rule)):
            for arn in rule["target_group_arns"]:
                yield thing(How.CHANGES, "target_group", arn)
    if _for_all(wanted):
        for arn in listener.target_group_arns:
            yield thing(How.CHANGES, "target_group", arn)


def _for_all(wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the host names and paths are wildcards only. Other conditions may still match every request."""
    named = [each["values"] for each in wanted if each["field"] in (conditions.HOST, conditions.PATH)]
    return all(any(value.strip("/*?.") == "" for value in values) for values in named)


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
