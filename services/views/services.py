"""Lists of services, and the tabs of one service."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.selectors.clusters import cluster_or_404, clusters
from clusters.views.cluster_pages import cluster_context
from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory import changes, viewers
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import PageRequest, Scope, ScopeSelection, scoped, scoped_list
from ecsdash.masking import mask
from ecsdash.operations.create_button import create_button
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE
from ecsdash.web.cached_reverse import address
from ecsdash.web.forms.document.summary import summary
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.tables.columns import Bulk
from ecsdash.web.tables.table import Table
from ecsdash.web.tone import Tone
from services import jobs
from services.forms.service.declaration import SERVICE_FORM
from services.forms.service.start import present_document
from services.models import Service
from services.selectors import deployments, external_changes, load_balancers, services, verdicts
from services.selectors.attention import troubled_services
from services.selectors.documents import of_service
from services.selectors.listeners import traffic_of
from services.tables import services as tables
from services.views.progress import PROGRESS_NOUNS, progress_context

NOUNS = ("services", "tasks", "service_deployments")


@require_safe
@scoped_list("services")
def service_list(request: PageRequest, selection: ScopeSelection) -> HttpResponseBase:
    state, version = freshness(selection.scopes, "services"), changes.version_of(selection.scopes, "services")
    new = {
        "empty_url": reverse("services:service_new", kwargs=selection.url_kwargs()),
        "empty_action": "Create service",
    }
    may_create = selection.only is not None and policy.can_within(
        request.user, Permission.OPERATE, selection.only.access_target()
    )
    table = _table(
        request, services.services(request.user, selection), version=version,
        columns=with_scope_columns(tables.SERVICES, selection), bulk=_bulk(request, selection.only),
        **(new if may_create else {}), **table_states(state),
    )  # fmt: skip
    if response := table.alternative_response():
        return response
    context = {"table": table, "freshness": state, "crumbs": [("Services", "")]}
    return fragments.render(
        request, "services/services/list.html", context, fragments.Fragment("services", version=version)
    )


@require_safe
@scoped("services", "clusters")
def cluster_services(request: PageRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    state, version = freshness(scope, "services"), changes.version_of(scope, "services")
    rows = services.services_of(request.user, scope, cluster)
    new = create_button("create_service", request.user, scope, found) if found.gone_at is None else {}
    columns, bulk = tables.CLUSTER_SERVICES, _bulk(request, scope)
    table = _table(request, rows, columns=columns, bulk=bulk, version=version, **new, **table_states(state))
    if response := table.alternative_response():
        return response
    own = Service.objects.visible_to(request.user).in_scope(scope.account, scope.region).present()
    context = {
        **cluster_context(found, "services", ("Services", "")),
        "table": table,
        "freshness": state,
        "troubled": troubled_services(request.user, own.filter(cluster_name=cluster)),
    }
    return fragments.render(
        request, "services/services/cluster.html", context, fragments.Fragment("services", version=version)
    )


@require_safe
@scoped(*NOUNS)
def service_detail(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    viewers.note_resource(scope.account.pk, scope.region, found.arn)
    state = freshness(scope, "services", "tasks")

    def context() -> dict[str, Any]:
        tasks = list(services.tasks(request.user, [found])[:500])
        stopped = verdicts.judged(tasks[:60])
        newest = deployments.deployments_of(request.user, scope, found).first()
        problem = verdicts.problem_of(request.user, found)
        if problem and problem.task:
            jobs.request_logs(problem.task.pk)  # its last lines are evidence
        return {
            **service_context(found, "tasks"),
            "freshness": state,
            "rollout": deployments.rollout(found, tasks, newest),
            **progress_context(request.user, scope, found, newest if newest and newest.in_flight else None),
            "tasks": [task for task in tasks if task.last_status != services.STOPPED],
            "stopped": stopped[:10],
            "problem": problem,
            "operations": running_on(request.user, found),
            "external": external_changes.of_service(request.user, scope, found),
        }

    version = changes.version_of(scope, *NOUNS, *PROGRESS_NOUNS, "operations", "external_changes", "logs")
    every: Any = 2 if found.deploying else 5
    fragment = fragments.Fragment("overview", version=version, every=every, final=_gone(found))
    return fragments.render(request, "services/services/detail.html", context, fragment)


@require_safe
@scoped("services")
def service_events(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    viewers.note_resource(scope.account.pk, scope.region, found.arn)
    table = Table(
        request,
        services.events(found),
        columns=tables.EVENTS,
        name="events",
        title="Events",
        order="-created_at",
        search=["message"],
        icon="activity",
        empty_hint="Messages of the ECS service scheduler. They are kept longer here than in ECS.",
    )
    if response := table.alternative_response():
        return response
    context = {**service_context(found, "events", ("Events", "")), "table": table}
    fragment = fragments.Fragment("events", version=changes.version_of(scope, "services"), final=_gone(found))
    return fragments.render(request, "services/services/events.html", context, fragment)


@require_safe
@scoped("services")
def service_configuration(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    context = {
        **service_context(found, "configuration", ("Configuration", "")),
        "groups": summary(SERVICE_FORM.parts, mask(present_document(found))),
        "compare_address": of_service(found).address,
    }
    fragment = fragments.Fragment("configuration", version=changes.version_of(scope, "services"), final=_gone(found))
    return fragments.render(request, "services/services/configuration.html", context, fragment)


@require_safe
@scoped("services", "target_groups", "load_balancers", "listeners")
def service_networking(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponse:
    found = services.service_or_404(request.user, scope, cluster, service)
    context = {
        **service_context(found, "networking", ("Networking", "")),
        "target_groups": load_balancers.service_target_groups(request.user, scope, found),
        "network": load_balancers.network(request.user, scope, found),
        "checked_at": freshness(scope, "target_groups").seen_at,
        "traffic": traffic_of(request.user, scope, found),
    }
    version = changes.version_of(scope, "services", "tasks", "target_groups", "load_balancers", "listeners")
    version = version.also(str(context["checked_at"]))
    fragment = fragments.Fragment("networking", version=version, final=_gone(found))
    return fragments.render(request, "services/services/networking.html", context, fragment)


def service_context(service: Service, tab: str, *more: tuple[str, str]) -> dict[str, Any]:
    """Return the context of a page that extends `service_base.html`; `more` are breadcrumbs below the service."""
    kwargs = service.url_kwargs()
    return {
        "service": service,
        "tab": tab,
        "heading": Heading(
            service.name,
            f"Service in {service.cluster_name}",
            "Deleted" if service.gone_at else service.health,
            Tone.IDLE if service.gone_at else service.tone,
            view=more[-1][0] if more else "",
        ),
        "kwargs": kwargs,
        "crumbs": [*service.crumbs(), *more],
    }


def running_on(user: Any, service: Service) -> list[Operation]:
    """Return the active operations on this service."""
    rows = Operation.objects.visible_to(user).filter(state__in=ACTIVE)
    return list(rows.of_service(Scope(service.account, service.region), service.cluster_name, service.name))


def _bulk(request: PageRequest, scope: Scope | None) -> list[Bulk]:
    """Return the actions on selected services of one account and region, for users who may change some service."""
    if scope is None or scope.account.read_only:
        return []
    if not policy.can_within(request.user, Permission.DEPLOY, scope.access_target()):
        return []
    kwargs = scope.url_kwargs()
    return [
        Bulk("Deploy", reverse("actions:deploy_services", kwargs=kwargs)),
        Bulk("Restart", reverse("actions:restart_services", kwargs=kwargs)),
    ]


def _gone(service: Service) -> bool:
    return service.gone_at is not None


def _table(request: PageRequest, rows: Any, **more: Any) -> Table:
    return Table(
        request,
        rows,
        name="services",
        title="Services",
        order="name",
        search=["name", "cluster_name", "task_definition"],
        row_menu="services/services/menu.html",
        icon="versions",
        row_url=lambda row: address("services:service", **row.url_kwargs()),
        empty_hint="A service keeps the desired number of tasks running and replaces failed tasks.",
        **more,
    )


@require_safe
@scoped("clusters")
def service_new(request: PageRequest, scope: Scope) -> HttpResponse:
    """Choose the cluster of a new service. The query string is passed on to the form."""
    found = [
        each
        for each in clusters(request.user, scope).order_by("name")
        if policy.can_within(request.user, Permission.OPERATE, each.access_target())
    ]
    first = create_button("create_cluster", request.user, scope)
    if not found and not first:
        raise PermissionDenied("You are not allowed to create services in this account and region.")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    choices = [(each, reverse("actions:create_service", kwargs=each.url_kwargs()) + query) for each in found]
    crumbs = [("Services", reverse("services:services", kwargs=scope.url_kwargs())), ("Create service", "")]
    return render(request, "services/services/new.html", {"choices": choices, "crumbs": crumbs, **first})
