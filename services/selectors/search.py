"""Search by name, id, ARN, address or image in all accounts, limited to the rows that the user may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse

from clusters.models import Cluster, ContainerInstance
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import ScopeSelection, find_selection
from ecsdash.web.cached_reverse import address
from ecsdash.web.nav import ALL
from ecsdash.web.tables import filters
from ecsdash.web.tone import Tone
from services.models import LoadBalancer, Service, Task, TaskDefinition

LISTED = 8  # hits per kind
SHORTEST = 2
REVISIONS = 200  # matching revisions that are read to find their families


@dataclass(frozen=True)
class Hit:
    title: str
    note: str
    url: str
    status: str
    tone: Tone
    row: Resource


@dataclass(frozen=True)
class Group:
    """Hits of one kind; `more_url` is the list of all matches if there are more."""

    label: str
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""


def search(user: Any, text: str) -> list[Group]:
    """Return the kinds with hits. All words must match, as in a table filter."""
    text = text.strip()
    if len(text) < SHORTEST or filters.objection(text, {}):
        return []
    try:
        selection = find_selection(user, ALL, ALL)
    except Http404:
        return []
    groups = [
        _clusters(user, selection, text),
        _services(user, selection, text),
        _families(user, selection, text),
        _tasks(user, selection, text),
        _instances(user, selection, text),
        _load_balancers(user, selection, text),
    ]
    return [group for group in groups if group.hits]


def _clusters(user: Any, selection: ScopeSelection, text: str) -> Group:
    rows = _best(_found(Cluster, user, selection, text, "name").filter(gone_at=None), text)
    hits = [
        _hit(
            row,
            address("clusters:detail", **row.url_kwargs()),
            row.status,
            f"{row.active_services_count} services",
        )
        for row in rows
    ]
    return _group("Clusters", "stack-2", hits, "clusters:list", text)


def _services(user: Any, selection: ScopeSelection, text: str) -> Group:
    """Search by name, by task definition, or by an image that the task definition of the service names."""
    running = _found(TaskDefinition, user, selection, text, "images").values("arn")
    wanted = _wanted(text, "name", "task_definition") | Q(task_definition__in=running)
    visible = Service.objects.visible_to(user).within(selection).present()
    rows = _best(visible.filter(wanted).listed(), text)
    hits = [_hit(row, address("services:service", **row.url_kwargs()), row.health, row.cluster_name) for row in rows]
    return _group("Services", "versions", hits, "services:services", text)


def _families(user: Any, selection: ScopeSelection, text: str) -> Group:
    """Search by family, `family:revision` or image: the newest matching revision represents its family."""
    rows = _found(TaskDefinition, user, selection, text, "name", "images").filter(gone_at=None)
    newest: dict[tuple[int, str, str], TaskDefinition] = {}
    for row in rows.order_by("family", "-revision")[:REVISIONS]:
        newest.setdefault((row.account_id, row.region, row.family), row)
    hits = [
        _hit(row, address("services:task_definition", **row.url_kwargs()), row.status, ", ".join(row.images[:2]))
        for row in newest.values()
    ]
    return _group("Task definitions", "file-code", hits, "services:task_definitions", text)


def _tasks(user: Any, selection: ScopeSelection, text: str) -> Group:
    """Return the newest matching tasks, including stopped ones."""
    rows = _found(Task, user, selection, text, "words").defer("words").order_by("-created_at", "-pk")
    hits = [
        _hit(row, address("services:task", **row.url_kwargs()), row.last_status, _place_of(row))
        for row in rows[: LISTED + 1]
    ]
    return _group("Tasks", "box", hits, "services:tasks", text, show="all")


def _instances(user: Any, selection: ScopeSelection, text: str) -> Group:
    rows = _found(ContainerInstance, user, selection, text, "name", "container_instance_id").filter(gone_at=None)
    hits = [
        _hit(
            row,
            address("clusters:instance", **row.url_kwargs()),
            row.status,
            f"{row.cluster_name} · {row.instance_type}",
        )
        for row in _best(rows, text)
    ]
    return _group("Container instances", "server", hits)


def _load_balancers(user: Any, selection: ScopeSelection, text: str) -> Group:
    rows = _best(_found(LoadBalancer, user, selection, text, "name", "dns_name").filter(gone_at=None), text)
    hits = [_hit(row, row.get_absolute_url(), row.state.capitalize(), row.dns_name) for row in rows]
    return _group("Load balancers", "route", hits)


def _found(model: type[Resource], user: Any, selection: ScopeSelection, text: str, *paths: str) -> QuerySet[Any]:
    """Return the matching rows. An ARN matches its own row only."""
    return model.objects.visible_to(user).within(selection).filter(_wanted(text, *paths)).listed()


def _wanted(text: str, *paths: str) -> Q:
    return Q(arn=text) if text.startswith("arn:") else filters.condition(text, {}, paths)


def _best(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Order by exact name, then prefix, then other matches."""
    rank = Case(
        When(name__iexact=text, then=Value(0)),
        When(name__istartswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(rank, "name", "pk")[: LISTED + 1]


def _hit(row: Any, url: str, status: str, note: str) -> Hit:
    return Hit(row.name, note, url, status, row.tone, row)


def _place_of(task: Task) -> str:
    parts = (task.service_name or task.family, task.cluster_name, task.private_ip)
    return " · ".join(filter(None, parts))


def _group(label: str, icon: str, hits: Iterable[Hit], url_name: str = "", text: str = "", **more: str) -> Group:
    found = list(hits)
    more_url = ""
    if url_name and len(found) > LISTED:
        more_url = f"{reverse(url_name, args=[ALL, ALL])}?{urlencode({'q': text, **more})}"
    return Group(label, icon, found[:LISTED], more_url)
