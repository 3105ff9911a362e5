"""The services and standalone tasks of one account and region, as places that use things."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from ecsdash.access.references import Reference, name_of, named_by
from ecsdash.access.targets import AccessTarget
from services.documents.described import IN_DEPLOYMENT
from services.models import Service, Task, TaskDefinition
from services.models.task import LIVING

REGISTER, UPDATE = "ecs.register_task_definition", "ecs.update_service"


def scope(where: AccessTarget) -> dict[str, str]:
    return {"account__alias": where.account, "region": where.region}


@dataclass
class Places:
    """Services, and the running standalone tasks, with the task definitions that they run."""

    where: AccessTarget

    def by_family(self, families: Collection[str] | None) -> dict[str, tuple[AccessTarget, ...]]:
        """Return the places by the family that they run. `families`: only these."""
        running = self._running if families is None else self._run(families)
        return _grouped((name_of("task_definition", arn), place) for arn, place in running)

    def by_definition(self) -> dict[str, tuple[AccessTarget, ...]]:
        """Return the places by the ARN of the revision that they run."""
        return _grouped(self._running)

    def by_target_group(self) -> dict[str, tuple[AccessTarget, ...]]:
        return _grouped(
            (arn, self.at(cluster, name))
            for cluster, name, arns in self.services.values_list("cluster_name", "name", "target_group_arns")
            for arn in arns
        )

    def named_in_definitions(self, kind: str, keys: Collection[str] | None) -> dict[str, tuple[AccessTarget, ...]]:
        """Return the places by the name of each thing of a kind that their task definitions name."""
        running = self.by_definition()
        rows = TaskDefinition.objects.filter(arn__in=running)
        return _grouped(
            (name, place)
            for arn, description in _containing(rows, kind, keys).values_list("arn", "description")
            for name in _names(REGISTER, description, kind)
            for place in running[arn]
        )

    def named_in_services(self, kind: str, keys: Collection[str] | None) -> dict[str, tuple[AccessTarget, ...]]:
        rows = _containing(self.services, kind, keys).values_list("cluster_name", "name", "description")
        return _grouped(
            (thing, self.at(cluster, name))
            for cluster, name, description in rows
            for thing in _names(UPDATE, as_update(cluster, name, description), kind)
        )

    def at(self, cluster: str, service: str) -> AccessTarget:
        return AccessTarget(self.where.account, self.where.region, cluster, service)

    @property
    def services(self) -> QuerySet[Service]:
        rows: QuerySet[Service] = Service.objects.filter(**scope(self.where)).present().exclude(status="INACTIVE")
        return rows

    @cached_property
    def _running(self) -> list[tuple[str, AccessTarget]]:
        return self._run(None)

    def _run(self, families: Collection[str] | None) -> list[tuple[str, AccessTarget]]:
        """Return the ARN of the revision that each place runs. `families`: of these only."""
        services = self.services
        tasks = Task.objects.filter(LIVING, service_name="", **scope(self.where))
        if families is not None:
            inside = [f":task-definition/{family}:" for family in families]
            services = services.filter(reduce(or_, (Q(task_definition__contains=text) for text in inside), Q(pk=None)))
            tasks = tasks.filter(family__in=families)
        of_services = services.values_list("task_definition", "cluster_name", "name")
        of_tasks = tasks.values_list("task_definition_arn", "cluster_name", "family").distinct()
        return [(arn, self.at(cluster, name)) for rows in (of_services, of_tasks) for arn, cluster, name in rows]


def as_update(cluster: str, name: str, description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service's description with the parameters of UpdateService that identify it."""
    primary = (description.get("deployments") or [{}])[0]
    return {**{each: primary.get(each) for each in IN_DEPLOYMENT}, **description, "cluster": cluster, "service": name}


def _names(call: str, params: Mapping[str, Any], kind: str) -> set[str]:
    return {each.name for each in named_by(call, params) if isinstance(each, Reference) and each.kind == kind}


def _containing(rows: QuerySet[Any], kind: str, keys: Collection[str] | None) -> QuerySet[Any]:
    """Restrict rows to those whose description contains one of the names, so that few are parsed."""
    if keys is None:
        return rows
    condition = Q()
    for key in keys:
        condition |= Q(text__contains=name_of(kind, key))
    found: QuerySet[Any] = rows.annotate(text=Cast("description", TextField())).filter(condition)
    return found


def _grouped(pairs: Iterable[tuple[str, AccessTarget]]) -> dict[str, tuple[AccessTarget, ...]]:
    found: dict[str, dict[AccessTarget, None]] = {}
    for key, place in pairs:
        found.setdefault(key, {})[place] = None
    return {key: tuple(places) for key, places in found.items()}


def unique(*several: Iterable[AccessTarget]) -> tuple[AccessTarget, ...]:
    return tuple(dict.fromkeys(_all(several)))


def _all(several: Iterable[Iterable[AccessTarget]]) -> Iterator[AccessTarget]:
    for places in several:
        yield from places
