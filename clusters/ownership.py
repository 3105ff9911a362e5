"""What the clusters app knows of the things that calls name: which clusters use them."""

from collections.abc import Collection, Mapping

from clusters.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance
from ecsdash.access.ownership import Thing, things
from ecsdash.access.targets import AccessTarget

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
            thing = Thing("auto_scaling_group", row.name, True, row.tags, using.get(row.arn, ()))
            found |= {row.name: thing, row.arn: thing}
    return found


@things("launch_template")
def launch_templates(where: AccessTarget, keys: Collection[str] | None) -> Found:
    """Launch templates are known from the Auto Scaling groups that use them."""
    using = _clusters_of_groups(where)
    found: dict[str, Thing] = {}
    for row in AutoScalingGroup.objects.filter(**_scope(where)).present():
        template = row.description.get("LaunchTemplate") or {}
        name = template.get("LaunchTemplateName", "")
        for key in filter(None, (template.get("LaunchTemplateId"), name)):
            if keys is None or key in keys:
                found[key] = Thing("launch_template", name or key, True, {}, using.get(row.arn, ()))
    return found


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


def _place(where: AccessTarget, cluster: str) -> AccessTarget:
    return AccessTarget(where.account, where.region, cluster)


def _scope(where: AccessTarget) -> dict[str, str]:
    return {"account__alias": where.account, "region": where.region}
