"""What the clusters app knows of the things that calls name: which clusters use them, and what calls that launch or
terminate instances touch beside what they name."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from clusters.models import (
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    InstanceProfile,
    KeyPair,
    Subnet,
    Vpc,
)
from clusters.planning.draining import members
from ecsdash.access.ownership import Thing, implied, things
from ecsdash.access.references import How, Reference, name_of, named_by, thing
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models import Choice

Found = Mapping[str, Thing]
Clusters = dict[str, tuple[AccessTarget, ...]]


@things("capacity_provider")
def capacity_providers(where: AccessTarget, keys: Collection[str] | None) -> Found:
    using = _clusters_of_providers(where)
    rows = CapacityProvider.objects.filter(**_scope(where)).present()
    return {
        row.name: Thing("capacity_provider", row.name, True, row.tags, using.get(row.name, ()))
        for row in (rows if keys is None else rows.filter(name__in=keys))
    }


@things("auto_scaling_group")
def auto_scaling_groups(where: AccessTarget, keys: Collection[str] | None) -> Found:
    using = _clusters_of_groups(where)
    rows = AutoScalingGroup.objects.filter(**_scope(where)).present()
    found: dict[str, Thing] = {}
    for row in rows:
        if keys is None or row.name in keys or row.arn in keys:
            places = tuple(dict.fromkeys((*using.get(row.arn, ()), *_clusters_of_members(where, row))))
            group = Thing("auto_scaling_group", row.name, True, row.tags, places)
            found |= {row.name: group, row.arn: group}
    return found


@things("launch_template")
def launch_templates(where: AccessTarget, keys: Collection[str] | None) -> Found:
    """Launch templates are known from the Auto Scaling groups that use them."""
    using = _clusters_of_groups(where)
    found: dict[str, Thing] = {}
    for row in AutoScalingGroup.objects.filter(**_scope(where)).present():
        template = row.launch_template
        name = template.get("LaunchTemplateName", "")
        for key in filter(None, (template.get("LaunchTemplateId"), name)):
            if keys is None or key in keys:
                found[key] = Thing("launch_template", name or key, True, {}, using.get(row.arn, ()))
    return found


@things("vpc")
def vpcs(where: AccessTarget, keys: Collection[str] | None) -> Found:
    return _labelled(where, Vpc, keys)


@things("subnet")
def subnets(where: AccessTarget, keys: Collection[str] | None) -> Found:
    return _labelled(where, Subnet, keys)


@things("key_pair")
def key_pairs(where: AccessTarget, keys: Collection[str] | None) -> Found:
    return _labelled(where, KeyPair, keys)


@implied("ec2.run_instances")
def role_of_run(where: AccessTarget, params: Mapping[str, Any]) -> Iterable[Reference]:
    yield from _roles_of_profiles(where, "ec2.run_instances", params)


@implied("ec2.create_launch_template")
def role_of_template(where: AccessTarget, params: Mapping[str, Any]) -> Iterable[Reference]:
    yield from _roles_of_profiles(where, "ec2.create_launch_template", params)


@implied("ecs.create_capacity_provider")
def role_of_new_provider(where: AccessTarget, params: Mapping[str, Any]) -> Iterable[Reference]:
    yield from _roles_of_profiles(where, "ecs.create_capacity_provider", params)


@implied("ecs.update_capacity_provider")
def role_of_provider(where: AccessTarget, params: Mapping[str, Any]) -> Iterable[Reference]:
    yield from _roles_of_profiles(where, "ecs.update_capacity_provider", params)


def _roles_of_profiles(where: AccessTarget, call: str, params: Mapping[str, Any]) -> Iterable[Reference]:
    """Passing an instance profile passes the role in it."""
    for each in named_by(call, params):
        if isinstance(each, Reference) and each.kind == InstanceProfile.NOUN:
            name = name_of("role", each.key)
            row = InstanceProfile.objects.filter(account__alias=where.account, name=name).present().first()
            if row is not None and row.role_name:
                yield thing(How.PASSES, "role", row.role_name)


@implied("autoscaling.terminate_instance_in_auto_scaling_group")
def group_of_instance(where: AccessTarget, params: Mapping[str, Any]) -> Iterable[Reference]:
    """The group gets another desired capacity, or launches a replacement."""
    for row in AutoScalingGroup.objects.filter(**_scope(where)).present():
        if params["InstanceId"] in members(row):
            yield thing(How.CHANGES, "auto_scaling_group", row.name)


@things("container_instance")
def container_instances(where: AccessTarget, keys: Collection[str] | None) -> Found:
    rows = ContainerInstance.objects.filter(**_scope(where)).present()
    return {
        row.name: Thing("container_instance", row.name, True, row.tags, (_place(where, row.cluster_name),))
        for row in (rows if keys is None else rows.filter(name__in=keys))
    }


def _clusters_of_providers(where: AccessTarget) -> Clusters:
    found: Clusters = {}
    for name, providers in Cluster.objects.filter(**_scope(where)).present().values_list("name", "capacity_providers"):
        for provider in providers:
            found[provider] = (*found.get(provider, ()), _place(where, name))
    return found


def _clusters_of_groups(where: AccessTarget) -> Clusters:
    using = _clusters_of_providers(where)
    found: Clusters = {}
    for row in CapacityProvider.objects.filter(**_scope(where)).present().exclude(auto_scaling_group_arn=""):
        arn = row.auto_scaling_group_arn
        found[arn] = (*found.get(arn, ()), *using.get(row.name, ()))
    return found


def _clusters_of_members(where: AccessTarget, group: AutoScalingGroup) -> tuple[AccessTarget, ...]:
    rows = ContainerInstance.objects.filter(**_scope(where), name__in=members(group)).present()
    return tuple(_place(where, name) for name in rows.values_list("cluster_name", flat=True).distinct())


def _labelled(where: AccessTarget, model: type[Choice], keys: Collection[str] | None) -> dict[str, Thing]:
    """Return the rows as things by ID and by label. Rules match the label, or the ID of a row without one."""
    rows = model.objects.filter(**_scope(where)).present()
    if keys is not None:
        rows = rows.filter(Q(name__in=keys) | Q(label__in=keys) | Q(arn__in=keys))
    known = [(row, Thing(model.NOUN, row.label or row.name, True, row.tags)) for row in rows]
    return {key: each for row, each in known for key in (row.label, row.arn, row.name) if key}


def _place(where: AccessTarget, cluster: str) -> AccessTarget:
    return AccessTarget(where.account, where.region, cluster)


def _scope(where: AccessTarget) -> dict[str, str]:
    return {"account__alias": where.account, "region": where.region}
