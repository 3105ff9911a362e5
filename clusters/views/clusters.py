"""The list of clusters, and the tabs of one cluster."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.forms.configuration import LOGGING
from clusters.models import Cluster
from clusters.selectors import capacity
from clusters.selectors.clusters import cluster_or_404, clusters, latest_operations
from clusters.selectors.container_instances import instances
from clusters.tables.clusters import CLUSTERS
from clusters.views.cluster_pages import cluster_context
from ecsdash.external_changes.selectors import notices
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import PageRequest, Scope, ScopeSelection, scoped, scoped_list
from ecsdash.operations.create_button import create_button
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Table


@require_safe
@scoped_list("clusters")
def cluster_list(request: PageRequest, selection: ScopeSelection) -> HttpResponseBase:
    state, version = freshness(selection.scopes, "clusters"), changes.version_of(selection.scopes, "clusters")
    table = Table(
        request,
        clusters(request.user, selection),
        columns=with_scope_columns(CLUSTERS, selection),
        version=version,
        name="clusters",
        title="Clusters",
        order="name",
        search=["name", "arn"],
        icon="stack-2",
        row_url=lambda row: reverse("clusters:detail", kwargs=row.url_kwargs()),
        row_menu="clusters/menu.html",
        empty_hint="A cluster is a group of services and tasks.",
        **create_button("create_cluster", request.user, selection.only),
        **table_states(state),
    )
    if response := table.alternative_response():
        return response
    context = {"table": table, "freshness": state, "crumbs": [("Clusters", "")]}
    return fragments.render(request, "clusters/list.html", context, fragments.Fragment("clusters", version=version))


@require_safe
@scoped("clusters", "container_instances", "capacity_providers", "services")
def cluster_detail(request: PageRequest, scope: Scope, cluster: str) -> HttpResponse:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    nouns = ("container_instances", "capacity_providers", "operations", "external_changes")
    fragment = _fragment(scope, cluster_row, "overview", *nouns)
    operations = latest_operations(request.user, cluster_row)

    def context() -> dict[str, Any]:
        return {
            **cluster_context(cluster_row, "overview"),
            "reservation": capacity.reservation(instances(request.user, scope, cluster)),
            "strategy": capacity.strategy(cluster_row),
            "operations": operations,
            "external": notices(request.user, scope, Q(cluster_name=cluster, service_name="")),
            "freshness": freshness(scope, "clusters", "container_instances"),
        }

    busy = any(operation.state_enum.active for operation in operations)
    return fragments.render(request, "clusters/overview.html", context, replace(fragment, every=2 if busy else 5))


@require_safe
@scoped("clusters", "container_instances", "capacity_providers", "auto_scaling_groups")
def cluster_capacity(request: PageRequest, scope: Scope, cluster: str) -> HttpResponse:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    state = freshness(scope, "clusters", "capacity_providers", "auto_scaling_groups")
    context = {
        **cluster_context(cluster_row, "capacity", ("Capacity", "")),
        "providers": capacity.providers(request.user, scope, cluster_row),
        "strategy": capacity.strategy(cluster_row),
        "instances_url": reverse("clusters:instances", kwargs=cluster_row.url_kwargs()),
        "freshness": state,
    }
    nouns = ("container_instances", "capacity_providers", "auto_scaling_groups")
    return fragments.render(
        request, "clusters/capacity.html", context, _fragment(scope, cluster_row, "capacity", *nouns)
    )


@require_safe
@scoped("clusters")
def cluster_configuration(request: PageRequest, scope: Scope, cluster: str) -> HttpResponse:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    configuration = cluster_row.description.get("configuration") or {}
    command = configuration.get("executeCommandConfiguration") or {}
    context = {
        **cluster_context(cluster_row, "configuration", ("Configuration", "")),
        "strategy": capacity.strategy(cluster_row),
        "execute_command": command,
        "exec_logging": LOGGING.get(command.get("logging", ""), command.get("logging")),
        "managed_storage": configuration.get("managedStorageConfiguration") or {},
    }
    return fragments.render(
        request, "clusters/configuration.html", context, _fragment(scope, cluster_row, "configuration")
    )


@require_safe
@scoped("clusters")
def cluster_tags(request: PageRequest, scope: Scope, cluster: str) -> HttpResponse:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    context = {**cluster_context(cluster_row, "tags", ("Tags", "")), "tags": sorted(cluster_row.shown_tags.items())}
    return fragments.render(request, "clusters/tags.html", context, _fragment(scope, cluster_row, "tags"))


def _fragment(scope: Scope, cluster: Cluster, name: str, *nouns: str) -> fragments.Fragment:
    """Return a tab's live section. It polls for changes of its nouns, unless the cluster is deleted."""
    version = changes.version_of(scope, "clusters", *nouns)
    return fragments.Fragment(name, version=version, final=cluster.gone_at is not None)
