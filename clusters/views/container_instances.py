"""The container instances of a cluster."""

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.models import Cluster
from clusters.selectors.clusters import cluster_or_404
from clusters.selectors.container_instances import instance_or_404, instances
from clusters.selectors.instance_resources import attributes_of, capabilities_of, resources_of
from clusters.tables.container_instances import INSTANCES
from clusters.views.cluster_pages import cluster_context
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.operations.create_button import create_button
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.tables.columns import Bulk
from ecsdash.web.tables.table import Table
from ecsdash.web.tone import Tone

EVENTS_SHOWN = 50


@require_safe
@scoped("clusters", "container_instances")
def instance_list(request: PageRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    state = freshness(scope, "container_instances")
    version = changes.version_of(scope, "clusters", "container_instances")
    table = Table(
        request,
        instances(request.user, scope, cluster),
        version=version,
        columns=INSTANCES,
        name="instances",
        title="Container instances",
        order="name",
        search=["name", "arn", "instance_type"],
        icon="server",
        row_url=lambda row: reverse("clusters:instance", kwargs=row.url_kwargs()),
        row_menu="clusters/instance_menu.html",
        bulk=_bulk(request, cluster_row),
        **create_button("launch_container_instances", request.user, scope, cluster_row),
        empty_hint="Container instances are EC2 instances that run tasks. Fargate needs none.",
        **table_states(state),
    )
    if response := table.alternative_response():
        return response
    context = {**cluster_context(cluster_row, "instances", ("Instances", "")), "table": table, "freshness": state}
    return fragments.render(
        request, "clusters/instances.html", context, fragments.Fragment("instances", version=version)
    )


@require_safe
@scoped("clusters", "container_instances", "tasks")
def instance_detail(request: PageRequest, scope: Scope, cluster: str, instance: str) -> HttpResponse:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    row = instance_or_404(request.user, scope, cluster, instance)
    state = freshness(scope, "container_instances")
    instances_url = reverse("clusters:instances", kwargs=cluster_row.url_kwargs())
    context = {
        **cluster_context(cluster_row, "instances", ("Container instances", instances_url), (row.name, "")),
        "heading": Heading(
            row.name,
            f"Container instance in {cluster}",
            "Deregistered" if row.gone_at else row.status,
            Tone.IDLE if row.gone_at else row.tone,
        ),
        "instance": row,
        "events": row.events.all()[:EVENTS_SHOWN],
        "resources": resources_of(row),
        "attributes": attributes_of(row),
        "capabilities": capabilities_of(row),
        "freshness": state,
    }
    version = changes.version_of(scope, "clusters", "container_instances")
    moving = row.status != "ACTIVE" and row.gone_at is None
    fragment = fragments.Fragment("instance", version=version, every=2 if moving else 5, final=row.gone_at is not None)
    return fragments.render(request, "clusters/instance.html", context, fragment)


def _bulk(request: PageRequest, cluster: Cluster) -> list[Bulk]:
    """Return the bulk actions on selected instances, for users who may run them. Each leads to its review."""
    if cluster.account.read_only or not policy.can(request.user, Permission.OPERATE, cluster.access_target()):
        return []
    kwargs = cluster.url_kwargs()
    return [
        Bulk("Drain", reverse("actions:drain_container_instances", kwargs=kwargs)),
        Bulk("Activate", reverse("actions:activate_container_instances", kwargs=kwargs)),
        Bulk("Terminate", reverse("actions:terminate_container_instances", kwargs=kwargs), tone="bad"),
    ]
