"""The page of one capacity provider: its settings, its Auto Scaling group, and the clusters that use it."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from clusters.forms.managed_instances.words import setting_lines
from clusters.models import AutoScalingGroup, CapacityProvider, ContainerInstance
from clusters.planning.draining import members
from clusters.selectors.capacity_providers import auto_scaling_groups, provider_or_404
from clusters.selectors.clusters import clusters
from clusters.selectors.container_instances import instances, instances_named
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments

NOUNS = ("capacity_providers", "auto_scaling_groups", "clusters", "container_instances")


@require_safe
@scoped(*NOUNS)
def capacity_provider_detail(request: PageRequest, scope: Scope, capacity_provider: str) -> HttpResponse:
    row = provider_or_404(request.user, scope, capacity_provider)
    groups = auto_scaling_groups(request.user, scope).select_related("account")
    group: AutoScalingGroup | None = groups.filter(arn=row.auto_scaling_group_arn).first()
    context = {
        "provider": row,
        "scaling": row.group_settings.get("managedScaling", {}),
        "managed": setting_lines(row.managed_instances),
        "group": group,
        "instances": _instances(request, scope, row, group),
        "clusters": [each for each in clusters(request.user, scope) if row.name in each.capacity_providers],
        "tags": sorted(row.shown_tags.items()),
        "freshness": freshness(scope, *NOUNS),
        "heading": Heading(
            row.name, f"Capacity provider: {row.kind}", "Deleted" if row.gone_at else row.status, row.tone
        ),
        "crumbs": row.crumbs(),
    }
    version = changes.version_of(scope, *NOUNS)
    fragment = fragments.Fragment("provider", version=version, every=5, final=row.gone_at is not None)
    return fragments.render(request, "clusters/capacity_provider.html", context, fragment)


def _instances(
    request: PageRequest, scope: Scope, provider: CapacityProvider, group: AutoScalingGroup | None
) -> Iterable[ContainerInstance]:
    """Return the registered instances of the group, or those that ECS launched for the provider."""
    if group:
        return instances_named(request.user, scope, members(group))
    if not provider.managed_instances:
        return ()
    rows = instances(request.user, scope, provider.cluster_name)
    return rows.filter(capacity_provider_name=provider.name).order_by("name")
