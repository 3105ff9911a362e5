"""Pages of service deployments: the list of all, the tab of a service, and one deployment."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import PageRequest, Scope, ScopeSelection, scoped, scoped_list
from ecsdash.web.cached_reverse import address
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Table
from services.models import Service, ServiceDeployment
from services.selectors import deployments, services
from services.selectors.changes_before import changes_before
from services.selectors.past_failures import failures_during
from services.statuses import DeploymentStatus
from services.tables import services as tables
from services.verdicts.services import judge_deployment
from services.views.progress import PROGRESS_NOUNS, progress_context
from services.views.services import service_context

MOVING = 50  # deployments in progress shown above the list


@require_safe
@scoped_list("service_deployments", "services")
def deployment_list(request: PageRequest, selection: ScopeSelection) -> HttpResponseBase:
    state = freshness(selection.scopes, "service_deployments")
    version = changes.version_of(selection.scopes, "service_deployments", "services")
    moving = deployments.in_flight(Service.objects.visible_to(request.user).within(selection).present(), MOVING)
    rows, columns = deployments.listed(request.user, selection), with_scope_columns(tables.DEPLOYMENTS, selection)
    table = _table(request, rows, columns=columns, version=version, **table_states(state))
    if response := table.alternative_response():
        return response
    context = {
        "table": table,
        "moving": moving,
        "freshness": state,
        "crumbs": [("Deployments", "")],
    }
    fragment = fragments.Fragment("deployments", version=version, every=2 if moving else 5)
    return fragments.render(request, "services/deployments/list.html", context, fragment)


@require_safe
@scoped("service_deployments", "services")
def service_deployments(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    rows = deployments.deployments_of(request.user, scope, found).defer("description", "tags", "progress")
    state = freshness(scope, "service_deployments")
    table = _table(request, rows, columns=tables.SERVICE_DEPLOYMENTS, **table_states(state))
    if response := table.alternative_response():
        return response
    context = {**service_context(found, "deployments", ("Deployments", "")), "table": table, "freshness": state}
    version = changes.version_of(scope, "service_deployments", "services")
    fragment = fragments.Fragment(
        "deployments", version=version, every=2 if found.deploying else 5, final=found.gone_at is not None
    )
    return fragments.render(request, "services/services/deployments.html", context, fragment)


@require_safe
@scoped("service_deployments", "services")
def deployment_detail(
    request: PageRequest, scope: Scope, cluster: str, service: str, deployment: str
) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    record = deployments.deployment_or_404(request.user, scope, found, deployment)
    kwargs = found.url_kwargs()
    above = ("Deployments", reverse("services:service_deployments", kwargs=kwargs))
    tasks = list(services.tasks(request.user, [found])[:500]) if record.in_flight else []
    context = {
        **service_context(found, "deployments", above, (record.name, "")),
        **progress_context(request.user, scope, found, record),
        "rollout": deployments.rollout(found, tasks, record) if record.in_flight else None,
        "heading": Heading(record.name, f"Deployment of service {service}", record.status, record.tone),
        "deployment": record,
        "source": deployments.sources(record),
        "breaker": record.description.get("deploymentCircuitBreaker", {}),
        "verdict": judge_deployment(record.status_reason) if record.status != DeploymentStatus.SUCCESSFUL else None,
        "failures": failures_during(request.user, record),
        "before": _changed_before(request, scope, record),
        "stoppable": record.status in DeploymentStatus.stoppable() and found.gone_at is None,
    }
    version = changes.version_of(scope, "service_deployments", "services", "tasks", "logs", *PROGRESS_NOUNS)
    fragment = fragments.Fragment("deployment", version=version, every=2, final=not record.in_flight)
    return fragments.render(request, "services/deployments/detail.html", context, fragment)


def _changed_before(request: PageRequest, scope: Scope, record: ServiceDeployment) -> tuple[str, ...]:
    """Return what changed before a deployment that did not succeed."""
    if record.created_at is None or record.status == DeploymentStatus.SUCCESSFUL:
        return ()
    return changes_before(request.user, scope, record.cluster_name, record.service_name, record.created_at)


def _table(request: PageRequest, rows: Any, **more: Any) -> Table:
    return Table(
        request,
        rows,
        name="deployments",
        title="Deployments",
        order="-started",
        search=["service_name", "cluster_name", "task_definition", "status_reason"],
        icon="rocket",
        row_url=_url,
        empty_hint="ECS starts a deployment each time a service is updated.",
        **more,
    )


def _url(row: ServiceDeployment) -> str:
    return address("services:deployment", **row.url_kwargs())
