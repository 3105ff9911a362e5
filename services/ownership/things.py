"""The things that services and tasks use."""

from collections.abc import Collection, Mapping
from typing import Any

from clusters.models import InstanceProfile, Role, SecurityGroup
from ecsdash.access.ownership import Thing, things
from ecsdash.access.references import name_of
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models import Choice
from services.models import (
    Alarm,
    Certificate,
    Function,
    Listener,
    LoadBalancer,
    LogGroup,
    Namespace,
    Repository,
    ScalingPolicy,
    Secret,
    TargetGroup,
    Task,
    TaskDefinition,
)
from services.ownership.places import Places, scope, unique
from services.selectors.load_balancers import SERVICE_TAG

Keys = Collection[str] | None
Found = Mapping[str, Thing]


@things("task_definition")
def task_definitions(where: AccessTarget, keys: Keys) -> Found:
    """By family; a revision or its ARN counts as its family."""
    rows = TaskDefinition.objects.filter(**scope(where)).present()
    wanted = None if keys is None else {name_of("task_definition", key) for key in keys}
    if wanted is not None:
        rows = rows.filter(family__in=wanted)
    using = Places(where).by_family(wanted)
    families: dict[str, Thing] = {}
    for family, tags in rows.order_by("family", "revision").values_list("family", "tags"):
        families[family] = Thing("task_definition", family, True, tags, using.get(family, ()))
    return families | {
        key: families[name] for key in keys or () if (name := name_of("task_definition", key)) in families
    }


@things("task")
def tasks(where: AccessTarget, keys: Keys) -> Found:
    rows = Task.objects.filter(**scope(where))
    places = Places(where)
    return {
        row.name: Thing(
            "task", row.name, True, row.tags, (places.at(row.cluster_name, row.service_name or row.family),)
        )
        for row in (rows if keys is None else rows.filter(name__in=keys))
    }


@things("target_group")
def target_groups(where: AccessTarget, keys: Keys) -> Found:
    using = Places(where).by_target_group()
    return _by_arn_and_name(where, TargetGroup, keys, lambda row: using.get(row.arn, ()))


@things("listener")
def listeners(where: AccessTarget, keys: Keys) -> Found:
    using = Places(where).by_target_group()
    tags = _tags_of_load_balancers(where)
    rows = Listener.objects.filter(**scope(where)).present()
    rows = rows if keys is None else rows.filter(arn__in=keys)
    return {
        row.arn: Thing(
            "listener", name_of("listener", row.arn), True, tags.get(row.load_balancer_arn, {}), _behind(row, using)
        )
        for row in rows
    }


@things("listener_rule")
def listener_rules(where: AccessTarget, keys: Keys) -> Found:
    using = Places(where).by_target_group()
    tags = _tags_of_load_balancers(where)
    return {
        rule["arn"]: Thing(
            "listener_rule",
            name_of("listener", row.arn),
            True,
            tags.get(row.load_balancer_arn, {}),
            unique(*_of(rule["target_group_arns"], using)),
        )
        for row in Listener.objects.filter(**scope(where)).present()
        for rule in row.rules
        if keys is None or rule["arn"] in keys
    }


@things("load_balancer")
def load_balancers(where: AccessTarget, keys: Keys) -> Found:
    using = Places(where).by_target_group()
    behind: dict[str, tuple[AccessTarget, ...]] = {}
    for row in Listener.objects.filter(**scope(where)).present():
        behind[row.load_balancer_arn] = unique(behind.get(row.load_balancer_arn, ()), _behind(row, using))
    return _by_arn_and_name(where, LoadBalancer, keys, lambda row: behind.get(row.arn, ()))


@things("role")
def roles(where: AccessTarget, keys: Keys) -> Found:
    using = _by_name(where, "role", keys)
    return _by_arn_and_name(where, Role, keys, lambda row: using.get(row.name, ()), everywhere=True)


@things("instance_profile")
def instance_profiles(where: AccessTarget, keys: Keys) -> Found:
    return _by_arn_and_name(where, InstanceProfile, keys, lambda _: (), everywhere=True)


@things("secret")
def secrets(where: AccessTarget, keys: Keys) -> Found:
    using = _by_name(where, "secret", keys)
    return _by_arn_and_name(where, Secret, keys, lambda row: using.get(row.name, ()))


@things("log_group")
def log_groups(where: AccessTarget, keys: Keys) -> Found:
    using = _by_name(where, "log_group", keys)
    return _by_arn_and_name(where, LogGroup, keys, lambda row: using.get(row.name, ()))


@things("function")
def functions(where: AccessTarget, keys: Keys) -> Found:
    using = Places(where).named_in_services("function", keys)
    return _by_arn_and_name(where, Function, keys, lambda row: using.get(row.name, ()))


@things("alarm")
def alarms(where: AccessTarget, keys: Keys) -> Found:
    """Alarms are used by the services whose deployments they can fail, and by those that their policies scale. Of the
    latter some are not in the inventory as alarms yet."""
    named, scaled = Places(where).named_in_services("alarm", keys), _scaled_by_alarm(where, keys)
    using = {name: unique(named.get(name, ()), scaled.get(name, ())) for name in {*named, *scaled}}
    known = _by_arn_and_name(where, Alarm, keys, lambda row: using.get(row.name, ()))
    return {**{name: Thing("alarm", name, True, {}, places) for name, places in scaled.items()}, **known}


def _scaled_by_alarm(where: AccessTarget, keys: Keys) -> dict[str, tuple[AccessTarget, ...]]:
    """Return the services by the names of the alarms that trigger their scaling policies."""
    at, using = Places(where).at, dict[str, tuple[AccessTarget, ...]]()
    rows = ScalingPolicy.objects.filter(**scope(where)).present().exclude(alarms=None)
    for resource_id, found in rows.values_list("resource_id", "alarms"):
        _, cluster, service = resource_id.split("/", 2)
        for name in (alarm["AlarmName"] for alarm in found):
            if keys is None or name in keys:
                using[name] = unique(using.get(name, ()), (at(cluster, service),))
    return using


@things("security_group")
def security_groups(where: AccessTarget, keys: Keys) -> Found:
    """Rules match the group's name, calls name its ID."""
    using = Places(where).named_in_services("security_group", keys)
    rows = SecurityGroup.objects.filter(**scope(where)).present()
    found: dict[str, Thing] = {}
    for row in rows:
        if keys is None or row.name in keys or row.label in keys:
            thing = Thing("security_group", row.label or row.name, True, row.tags, using.get(row.name, ()))
            found |= {row.name: thing, row.label: thing}
    return found


@things("file_system")
def file_systems(where: AccessTarget, keys: Keys) -> Found:
    """The inventory has no file systems: they are known from the task definitions that mount them."""
    using = Places(where).named_in_definitions("file_system", keys)
    return {name: Thing("file_system", name, True, {}, places) for name, places in using.items()}


@things("repository")
def repositories(where: AccessTarget, keys: Keys) -> Found:
    return _by_arn_and_name(where, Repository, keys, lambda _: ())


@things("certificate")
def certificates(where: AccessTarget, keys: Keys) -> Found:
    """Rules match the domain name, calls name the ARN. Load balancers use certificates, which places stand behind."""
    rows = Certificate.objects.filter(**scope(where)).present()
    return {
        row.arn: Thing("certificate", row.label or row.name, True, row.tags)
        for row in (rows if keys is None else rows.filter(arn__in=keys))
    }


@things("namespace")
def namespaces(where: AccessTarget, keys: Keys) -> Found:
    """By ARN, ID and name, which rules match. Calls name a Cloud Map service, by its ARN or ID, as its namespace."""
    using = Places(where).named_in_services("namespace", None)
    found: dict[str, Thing] = {}
    for row in Namespace.objects.filter(**scope(where)).present():
        registries = [each["arn"] for each in row.registries]
        known = [row.arn, row.namespace_id, row.name, *registries, *(arn.rpartition("/")[2] for arn in registries)]
        places = unique(*(using.get(name_of("namespace", key), ()) for key in known))
        found |= dict.fromkeys(known, Thing("namespace", row.name, True, row.tags, places))
    others = {name: Thing("namespace", name, True, {}, places) for name, places in using.items()}
    return {**others, **found}


def _by_name(where: AccessTarget, kind: str, keys: Keys) -> dict[str, tuple[AccessTarget, ...]]:
    """Return the places by the name of each thing that they name, or the task definitions that they run."""
    places = Places(where)
    found = places.named_in_definitions(kind, keys)
    for name, using in places.named_in_services(kind, keys).items():
        found[name] = unique(found.get(name, ()), using)
    return found


def _by_arn_and_name(
    where: AccessTarget, model: type[Choice], keys: Keys, places: Any, *, everywhere: bool = False
) -> dict[str, Thing]:
    """Return the rows as things by ARN and by name. `everywhere`: rows of IAM, which has no regions."""
    regions = [where.region, ""] if everywhere else [where.region]
    rows = model.objects.filter(account__alias=where.account, region__in=regions).present()
    found: dict[str, Thing] = {}
    for row in rows:
        if keys is None or row.arn in keys or row.name in keys:
            thing = Thing(model.NOUN, row.name, True, row.tags, unique(places(row), _tagged(where, row.tags)))
            found |= {row.arn: thing, row.name: thing}
    return found


def _tagged(where: AccessTarget, tags: Mapping[str, str]) -> tuple[AccessTarget, ...]:
    """Return the service for which the dashboard created the resource."""
    cluster, _, service = tags.get(SERVICE_TAG, "").partition("/")
    return (AccessTarget(where.account, where.region, cluster, service),) if service else ()


def _tags_of_load_balancers(where: AccessTarget) -> dict[str, Mapping[str, str]]:
    """Return the tags by ARN: rules by tag give listeners and their rules to the owner of the load balancer."""
    return dict(LoadBalancer.objects.filter(**scope(where)).present().values_list("arn", "tags"))


def _behind(listener: Listener, using: Mapping[str, tuple[AccessTarget, ...]]) -> tuple[AccessTarget, ...]:
    by_rules = [arn for rule in listener.rules for arn in rule["target_group_arns"]]
    return unique(*_of([*listener.target_group_arns, *by_rules], using))


def _of(arns: list[str], using: Mapping[str, tuple[AccessTarget, ...]]) -> list[tuple[AccessTarget, ...]]:
    return [using.get(arn, ()) for arn in arns]
