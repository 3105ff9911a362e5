"""Resources that need attention, with the reason and a fix."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from clusters.models import ContainerInstance
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import FAILING
from ecsdash.web.tone import Tone
from services.models import Service
from services.selectors.attention_entry import Attention
from services.selectors.past_failures import DEPLOYMENT, may_mark, past_failures
from services.selectors.services import in_scopes
from services.selectors.verdicts import ServiceProblem, problems_of
from services.statuses import TROUBLED

LISTED = 30


def attention(user: Any, scopes: Sequence[Scope], services: QuerySet[Service]) -> list[Attention]:
    """Return what needs attention, failures first."""
    troubled = troubled_services(user, services)
    found = [
        *troubled,
        *_without(troubled, _past(user, scopes)),
        *_instances(user, scopes),
        *_sweeps(scopes),
    ]
    return sorted(found, key=lambda each: each.tone is not Tone.BAD)


def troubled_services(user: Any, services: QuerySet[Service]) -> list[Attention]:
    """Return the services in trouble, with the reason and a fix."""
    rows = services.filter(health__in=TROUBLED).select_related("account").order_by("health", "name")
    troubled = list(rows[: LISTED + 1])
    problems = problems_of(user, troubled)
    return [_service(service, problems[service.pk]) for service in troubled]


def _service(service: Service, problem: ServiceProblem) -> Attention:
    verdict, task = problem.explanation, problem.task
    logs = reverse("services:service_logs", kwargs=service.url_kwargs()) if task else ""
    return Attention(
        tone=service.tone,
        what=service.name,
        kind=f"{service.health}: {service.running_count} of {service.desired_count} tasks running",
        reason=verdict.sentence,
        hint=verdict.how,
        raw=verdict.raw,
        evidence=verdict.evidence,
        key=f"service-{service.pk}",
        url=service.get_absolute_url(),
        log_url=f"{logs}?task={task.name}" if task else "",
        where=f"{service.account.alias} / {service.region} / {service.cluster_name}",
        since=service.deployed_at,
    )


def _without(troubled: Iterable[Attention], past: Iterable[Attention]) -> Iterable[Attention]:
    """Yield the past failures but deployments of services in trouble: a service may recover between two queries."""
    told = {(each.where, each.what) for each in troubled}
    return (each for each in past if not each.key.startswith(DEPLOYMENT) or (each.where, each.what) not in told)


def _past(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    """Yield what failed and is over, with the key by which the user may mark it as seen."""
    for each in past_failures(user, scopes):
        yield replace(each.entry, seen_key=each.key if may_mark(user, each) else "")


def _instances(user: Any, scopes: Sequence[Scope]) -> Iterable[Attention]:
    rows = in_scopes(ContainerInstance.objects.visible_to(user).present(), scopes)
    for instance in rows.filter(status="ACTIVE", agent_connected=False).select_related("account")[:LISTED]:
        yield Attention(
            tone=Tone.BAD,
            what=instance.name,
            kind="Agent disconnected",
            reason="The ECS agent of this container instance is disconnected. ECS places no tasks on it.",
            hint="Check that the instance is running and can reach ECS. Terminate it if the agent does not reconnect.",
            url=reverse("clusters:instance", kwargs=instance.url_kwargs()),
            where=f"{instance.account.alias} / {instance.region} / {instance.cluster_name}",
        )


def _sweeps(scopes: Sequence[Scope]) -> Iterable[Attention]:
    """Yield failing inventory refreshes: one entry per scope, not per noun."""
    for scope in scopes:
        found = SweepState.objects.filter(account=scope.account, region=scope.region, failures__gte=FAILING)
        states = list(found.order_by("noun"))
        nouns = [state.noun.replace("_", " ") for state in states]
        if nouns:
            yield Attention(
                tone=Tone.WARN,
                what=str(scope),
                kind="Inventory refresh failed",
                reason=f"{states[0].error_code}: {states[0].error}",
                hint=f"Not up to date: {', '.join(nouns)}.",
                url=reverse("services:services", kwargs=scope.url_kwargs()),
                where=str(scope),
                since=states[0].completed_at,
            )
