"""Sweep of the services of all clusters with their events, which are kept longer than in ECS."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q

from clusters.sync.clusters import cluster_names
from ecsdash.aws.errors import NotFound
from ecsdash.aws.limits import DESCRIBE_SERVICES, PAGE
from ecsdash.inventory import store
from ecsdash.inventory.events import coverage
from ecsdash.inventory.models import ResourceQuerySet
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record, tag_dict
from ecsdash.inventory.sweeps import schedule
from ecsdash.inventory.sweeps.by_cluster import SweepByCluster
from ecsdash.inventory.sweeps.registry import refresher, sweeper
from ecsdash.web import clock
from services.documents.service import groups_of
from services.models import Service, ServiceEvent
from services.statuses import ServiceHealth
from services.sync import counts, restore_points
from services.sync.costs import ServiceCosts, capacity_of
from services.sync.progress import blocking_event, progressed_at

NOTHING: Mapping[str, Any] = MappingProxyType({})
DEPLOYING_NOUNS = ("services", "tasks", "service_deployments", "target_groups")
#: Columns that follow from tasks and time (services.sync.failures): the health depends on them.
KEPT = ("lacking_since", "recent_failures", "failing_until", "usual_start")
#: Messages after which the deployments of a service differ, though its primary deployment is the same as before, and
#: what is swept then: also the tasks that tell why.
ROLLED_BACK, ROLLBACK_NOUNS = re.compile(r"rolling back to|deployment failed"), ("service_deployments", "stopped_tasks")
WATCHED_FOR = timedelta(hours=1)  # a longer deployment no longer shortens the sweep interval


class ServicesOfClusters(SweepByCluster):
    batch = DESCRIBE_SERVICES

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.deploying = False
        self._draining: defaultdict[str, list[str]] = defaultdict(list)
        self.events = coverage.covers_scope(scope)

    def list_arns(self, cluster: str) -> list[str]:
        return self.aws.collect(
            "ecs.list_services", "serviceArns", cluster=cluster, PaginationConfig={"PageSize": PAGE}
        )

    def to_describe(self, cluster: str, listed: Sequence[str]) -> Sequence[str]:
        """ECS lists no service that is draining: those that are known are described too."""
        known = _rows(self.scope).present().filter(cluster_name=cluster).values_list("arn", flat=True)
        return [*listed, *sorted(set(known) - set(listed))]

    def describe(self, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]:
        return self.aws.describe(
            "ecs.describe_services",
            "services",
            of=arns,
            by="services",
            size=self.batch,
            cluster=cluster,
            include=["TAGS"],
        )

    def store(self, cluster: str, described: Sequence[dict[str, Any]]) -> None:
        found = [service for service in described if service["status"] != "INACTIVE"]
        store_services(self.scope, found)
        self._draining[cluster] += [each["serviceArn"] for each in found if each["status"] == "DRAINING"]
        if self.events:
            counts.recount_changed(self.scope, [service["serviceArn"] for service in found], self.started_at)
        self.deploying = self.deploying or any(_deploying_recently(service) for service in found)

    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        within = Q(cluster_name=cluster, observed_at__lt=self.started_at)
        store.mark_missing(Service, self.scope, [*listed, *self._draining.pop(cluster, ())], "services", within)


@sweeper("services")
def sweep_services(scope: Scope) -> None:
    names, sweep = cluster_names(scope), ServicesOfClusters(scope)
    try:
        sweep.run(names)
    finally:
        if sweep.deploying:
            schedule.sweep_as_in_progress(scope.account, scope.region, DEPLOYING_NOUNS)
    store.mark_missing(Service, scope, (), "services", ~Q(cluster_name__in=names))


def store_services(scope: Scope, found: Sequence[dict[str, Any]]) -> None:
    """Store services as ECS described them, with their events."""
    rows = _rows(scope).filter(arn__in=[service["serviceArn"] for service in found])
    known = {row["arn"]: row for row in rows.values("arn", "last_event_at", "restorable", *KEPT)}
    last_seen = {arn: row["last_event_at"] for arn, row in known.items()}
    costs = ServiceCosts(scope, found)
    with transaction.atomic():
        records = [record(service, known.get(service["serviceArn"], {}), costs.columns(service)) for service in found]
        store.upsert(Service, scope, records, "services")
        _store_events(scope, found, last_seen)
        restore_points.keep(scope, found, {arn: row["restorable"] for arn, row in known.items()})


@refresher("services")
def refresh(scope: Scope, arns: Sequence[str]) -> None:
    """Describe these services again and mark those that ECS no longer has as gone."""
    aws, found = scope.connection(), list[dict[str, Any]]()
    for cluster, own in groupby(sorted(arns), key=_cluster_of):
        try:
            found += aws.describe(
                "ecs.describe_services",
                "services",
                of=list(own),
                by="services",
                size=DESCRIBE_SERVICES,
                cluster=cluster,
                include=["TAGS"],
            )
        except NotFound:
            continue  # the cluster was deleted with its services
    present = [service for service in found if service["status"] != "INACTIVE"]
    store_services(scope, present)
    seen = [service["serviceArn"] for service in present]
    store.mark_missing(Service, scope, seen, "services", within=Q(arn__in=arns))


def _cluster_of(arn: str) -> str:
    """`arn:aws:ecs:eu-central-1:123456789012:service/shop/web` -> `shop`"""
    return arn.split("/")[-2]


def record(service: dict[str, Any], known: Mapping[str, Any] = NOTHING, costs: Mapping[str, Any] = NOTHING) -> Record:
    """Return the record of a service; `known` are the columns KEPT of its row, which ECS does not describe, `costs`
    those of ServiceCosts."""
    columns = {**_columns(service), **costs}
    kept = {name: known[name] for name in KEPT if name in known}
    seen = Service(description=service, **{**kept, **columns})
    columns["lacking_since"] = seen.lacking_since = (seen.lacking_since or clock.now()) if seen.lacks_tasks else None
    columns["health"] = ServiceHealth.of(seen).value
    description = {key: value for key, value in service.items() if key not in ("events", "tags")}
    return Record(service["serviceArn"], service["serviceName"], description, tag_dict(service.get("tags")), columns)


def _store_events(scope: Scope, services: Sequence[dict[str, Any]], last_seen: Mapping[str, datetime | None]) -> None:
    """Store the events that are not older than the last stored one of each service."""
    rows = _rows(scope).filter(arn__in=[service["serviceArn"] for service in services])
    keys = dict(rows.values_list("arn", "pk"))
    new: list[ServiceEvent] = []
    for service in services:
        arn, events = service["serviceArn"], service.get("events", [])
        last = last_seen.get(arn)
        if events and (last is None or events[0]["createdAt"] > last):
            new += [_event(keys[arn], event) for event in events if last is None or event["createdAt"] >= last]
    ServiceEvent.objects.bulk_create(new, batch_size=store.CHUNK, ignore_conflicts=True)
    if rolled_back := {event.service_id for event in new if ROLLED_BACK.search(event.message)}:
        Service.objects.filter(pk__in=rolled_back).update(deployments_seen="")
        schedule.sweep_at_once(scope.account, scope.region, ROLLBACK_NOUNS)


def _event(service_pk: int, event: dict[str, Any]) -> ServiceEvent:
    return ServiceEvent(
        service_id=service_pk, event_id=event["id"], created_at=event["createdAt"], message=event["message"]
    )


def _rows(scope: Scope) -> ResourceQuerySet:
    return Service.objects.in_scope(scope.account, scope.region)


def _columns(service: dict[str, Any]) -> dict[str, Any]:
    primary = _primary(service)
    event: dict[str, Any] = next(iter(service.get("events", [])), {})
    return {
        "cluster_name": service["clusterArn"].rsplit("/", 1)[-1],
        "status": service["status"],
        "desired_count": service.get("desiredCount", 0),
        "running_count": service.get("runningCount", 0),
        "pending_count": service.get("pendingCount", 0),
        "failed_tasks": primary.get("failedTasks", 0),
        "task_definition": service.get("taskDefinition", ""),
        "launch_type": capacity_of(service),
        "scheduling_strategy": service.get("schedulingStrategy", "REPLICA"),
        "rollout_state": primary.get("rolloutState", ""),
        "deployments_count": len(service.get("deployments", [])),
        "target_group_arns": sorted({arn for each in service.get("loadBalancers", []) for arn in groups_of(each)}),
        "last_event": event.get("message", ""),
        "last_event_at": event.get("createdAt"),
        "blocking_event": blocking_event(service),
        "progressed_at": progressed_at(service, primary),
        "deployed_at": primary.get("createdAt"),
        "created_at": service.get("createdAt"),
    }


def _primary(service: dict[str, Any]) -> dict[str, Any]:
    return next((each for each in service.get("deployments", []) if each["status"] == "PRIMARY"), {})


def _deploying_recently(service: dict[str, Any]) -> bool:
    primary = _primary(service)
    begun: datetime | None = primary.get("createdAt")
    deploys = primary.get("rolloutState") == "IN_PROGRESS" or len(service.get("deployments", [])) > 1
    return deploys and begun is not None and clock.now() - begun < WATCHED_FOR
