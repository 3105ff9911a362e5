"""Pages of task definition families and revisions."""

from dataclasses import replace
from functools import cache, partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.inventory.changes import version_of
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states, with_scope_columns
from ecsdash.inventory.scope import PageRequest, Scope, ScopeSelection, scoped, scoped_list
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table
from services.models import Service, TaskDefinition
from services.planning.revealing import may_reveal
from services.selectors import external_changes, task_definitions
from services.selectors.documents import of_task_definition
from services.selectors.hidden_values import all_values

CELLS = "services/task_definitions/cells.html"
SIZES = [
    Column("status", "Status", path="status", priority=2, cell=f"{CELLS}#status"),
    Column("images", "Images", path="images", sort="", priority=2, cell=f"{CELLS}#images"),
    Column("cpu", "CPU", path="cpu", filter="", align="end", priority=3, cell=f"{CELLS}#cpu"),
    Column("memory", "Memory", path="memory", filter="", align="end", priority=3, cell=f"{CELLS}#memory"),
    Column("compatibility", "Compatibilities", path="requires_compatibilities", sort="", priority=5,
           value=lambda row: ", ".join(row.requires_compatibilities) or "EC2"),
    Column("registered", "Registered", path="registered_at", filter="", priority=3, cell=ago),
]  # fmt: skip


@require_safe
@scoped_list("task_definitions", "services")
def family_list(request: PageRequest, selection: ScopeSelection) -> HttpResponseBase:
    state = freshness(selection.scopes, "task_definitions")
    version = version_of(selection.scopes, "task_definitions", "services")
    family_arn = task_definitions.family_arn

    @cache
    def users() -> dict[str, list[Service]]:
        shown = None if table.wants_csv else [row.family for row in table.page.rows]
        return task_definitions.services_by_family(request.user, selection, shown)

    columns = [
        Column("family", "Task definition", path="family"),
        Column("revision", "Latest revision", path="revision", filter="", align="end"),
        *SIZES,
        Column("used", "Services", priority=2, cell=f"{CELLS}#used",
               value=lambda row: users().get(family_arn(row.arn), [])),
    ]  # fmt: skip
    table = Table(
        request,
        task_definitions.families(request.user, selection),
        columns=with_scope_columns(columns, selection),
        version=version,
        name="families",
        title="Task definitions",
        order="family",
        search=["family", "images"],
        row_url=_family_url,
        row_menu="services/task_definitions/menu.html",
        menu_context=partial(_allowed_with, request),
        icon="file-code",
        empty_hint="A task definition describes the containers of a task: images, sizes and settings.",
        **table_states(state),
    )
    if response := table.alternative_response():
        return response
    may_import = selection.only is not None and _allowed(request, selection.only)["may_register"]
    context = {"table": table, "freshness": state, "crumbs": _crumbs(selection), "may_import": may_import}
    fragment = fragments.Fragment("families", version=version, every=5)
    return fragments.render(request, "services/task_definitions/list.html", context, fragment)


@require_safe
@scoped("task_definitions", "services")
def family_detail(request: PageRequest, scope: Scope, family: str) -> HttpResponseBase:
    rows, state = task_definitions.family_or_404(request.user, scope, family), freshness(scope, "task_definitions")
    users = task_definitions.services_by_family(request.user, scope, [family])
    version = version_of(scope, "task_definitions", "services", "external_changes")
    table = Table(
        request,
        rows.defer("description", "tags"),
        columns=[
            Column("revision", "Revision", path="revision"),
            replace(SIZES[0], priority=1),
            *SIZES[1:],
            Column("used", "Services", priority=2, cell=f"{CELLS}#used",
                   value=lambda row: [user for user in users.get(task_definitions.family_arn(row.arn), [])
                                      if user.task_definition == row.arn]),
        ],
        name="revisions",
        title="Revisions",
        order="-revision",
        search=["images", "registered_by"],
        row_url=TaskDefinition.get_absolute_url,
        row_menu="services/task_definitions/menu.html",
        menu_context=partial(_allowed_with, request),
        version=version,
    )  # fmt: skip
    if response := table.alternative_response():
        return response
    context = {
        "table": table,
        "family": family,
        "latest": rows.first(),
        "freshness": state,
        "external": external_changes.of_family(request.user, scope, family),
        "used": bool(users),
        "crumbs": _crumbs(scope, family),
        "heading": Heading(family, "Task definition family"),
        **_allowed(request, scope),
    }
    fragment = fragments.Fragment("revisions", version=version, every=5)
    return fragments.render(request, "services/task_definitions/family.html", context, fragment)


@require_safe
@scoped("task_definitions", "services")
def revision_detail(request: PageRequest, scope: Scope, family: str, revision: int) -> HttpResponse:
    found, state = task_definitions.revision_or_404(request.user, scope, family, revision), freshness(scope, "services")
    earlier = task_definitions.family_or_404(request.user, scope, family).filter(revision__lt=revision)

    def context() -> dict[str, Any]:
        shown = found.shown_description
        return {
            "definition": found,
            "freshness": state,
            "shown": shown,
            "containers": shown.get("containerDefinitions", []),
            "may_reveal": may_reveal(request.user, found),
            "reveal_url": reverse("services:task_definition_reveal", kwargs=found.url_kwargs()),
            "with_values": {each.owner_name for each in all_values(found)},
            "services": task_definitions.services_using(request.user, found),
            "previous": earlier.first(),
            "compare_address": of_task_definition(found).address,
            "tags": found.shown_tags,
            "crumbs": found.crumbs(),
            "heading": Heading(found.name, "Task definition", found.status, found.tone),
            **_allowed(request, scope),
        }

    version = version_of(scope, "task_definitions", "services")
    fragment = fragments.Fragment("definition", version=version, every=15)
    return fragments.render(request, "services/task_definitions/detail.html", context, fragment)


def _allowed(request: PageRequest, scope: Scope) -> dict[str, bool]:
    """Return which actions on a revision the user may open."""
    context = ActionContext(scope, request.user)
    return {
        "may_run": ACTIONS["run_task"].may_open(context),
        "may_register": ACTIONS["register_task_definition"].may_open(context),
        "may_deploy_several": ACTIONS["deploy_services"].may_open(context) and not scope.account.read_only,
        "may_create_service": policy.can_within(request.user, Permission.OPERATE, scope.access_target()),
    }


def _allowed_with(request: PageRequest, row: TaskDefinition) -> dict[str, bool]:
    return _allowed(request, Scope(row.account, row.region))


def _family_url(row: TaskDefinition) -> str:
    kwargs = {**Scope(row.account, row.region).url_kwargs(), "family": row.family}
    return reverse("services:task_definition_family", kwargs=kwargs)


def _crumbs(scope: Scope | ScopeSelection, family: str = "") -> list[tuple[str, str]]:
    crumbs = [("Task definitions", reverse("services:task_definitions", kwargs=scope.url_kwargs()))]
    if family:
        kwargs = {**scope.url_kwargs(), "family": family}
        crumbs.append((family, reverse("services:task_definition_family", kwargs=kwargs)))
    return crumbs
