"""Queries of task definitions. Each is limited to the rows that the user may see."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404

from ecsdash.inventory.models import ScopeCondition
from ecsdash.inventory.scope import Scope
from services.models import Service, TaskDefinition


def revisions(user: Any, scopes: ScopeCondition) -> QuerySet[TaskDefinition]:
    rows = TaskDefinition.objects.visible_to(user).within(scopes).present()
    return cast("QuerySet[TaskDefinition]", rows.select_related("account"))


def families(user: Any, scopes: ScopeCondition) -> QuerySet[TaskDefinition]:
    """Return one row per family: its latest ACTIVE revision, else its latest."""
    rank = Window(RowNumber(), partition_by=["account", "region", "family"], order_by=["status", "-revision"])
    ranked = TaskDefinition.objects.visible_to(user).within(scopes).present().annotate(rank=rank)
    latest = TaskDefinition.objects.filter(pk__in=ranked.filter(rank=1).values("pk"))
    return cast("QuerySet[TaskDefinition]", latest.listed())


def family_or_404(user: Any, scope: Scope, family: str) -> QuerySet[TaskDefinition]:
    """Return the revisions of a family, latest first."""
    rows = revisions(user, scope).filter(family=family).order_by("-revision")
    if not rows.exists():
        raise Http404(f"The task definition {family} does not exist")
    return rows


def revision_or_404(user: Any, scope: Scope, family: str, revision: int) -> TaskDefinition:
    found = revisions(user, scope).filter(family=family, revision=revision).first()
    if found is None:
        raise Http404(f"The task definition {family}:{revision} does not exist")
    return found


def services_by_family(user: Any, scopes: ScopeCondition, families: Iterable[str] | None) -> dict[str, list[Service]]:
    """Return the visible services by family (the ARN without its revision); None selects all families."""
    found: dict[str, list[Service]] = defaultdict(list)
    rows = _services(user, scopes)
    if families is not None:
        rows = rows.filter(task_definition__in=TaskDefinition.objects.filter(family__in=families).values("arn"))
    for service in rows.only("account__alias", "region", "cluster_name", "name", "task_definition"):
        found[family_arn(service.task_definition)].append(service)
    return found


def family_arn(arn: str) -> str:
    """Return the ARN of a task definition without its revision."""
    return arn.rpartition(":")[0]


def services_using(user: Any, definition: TaskDefinition) -> QuerySet[Service]:
    rows = _services(user, Scope(definition.account, definition.region))
    return rows.filter(task_definition=definition.arn)


def _services(user: Any, scopes: ScopeCondition) -> QuerySet[Service]:
    rows = Service.objects.visible_to(user).within(scopes).present()
    return cast("QuerySet[Service]", rows.select_related("account").order_by("cluster_name", "name"))


def offered(user: Any, scope: Scope, each: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of ACTIVE revisions: family -> its `each` newest as (`family:revision`, label)."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = revisions(user, scope).filter(status="ACTIVE").order_by("family", "-revision")
    for family, name in rows.values_list("family", "name"):
        if len(groups[family]) < each:
            groups[family].append((name, f"{name} (latest)" if not groups[family] else name))
    return list(groups.items())


def by_name(user: Any, scope: Scope, name: str) -> TaskDefinition | None:
    """Return the task definition `family:revision`; of a family alone, its latest ACTIVE revision."""
    family, _, revision = name.partition(":")
    rows = revisions(user, scope).filter(family=family)
    if revision:
        return rows.filter(name=name).first()
    return rows.filter(status="ACTIVE").order_by("-revision").first()


def latest(user: Any, scope: Scope, family: str) -> TaskDefinition | None:
    """Return the highest revision, active or not."""
    return revisions(user, scope).filter(family=family).order_by("-revision").first()


def used_images(user: Any, scope: Scope, most: int) -> list[str]:
    """Return the images of the newest visible revisions, each once."""
    rows = revisions(user, scope).order_by("-registered_at").values_list("images", flat=True)[:most]
    return list(dict.fromkeys(image for images in rows for image in images))


def container_names(user: Any, scope: Scope, name: str) -> list[str]:
    found = by_name(user, scope, name)
    return [each["name"] for each in found.description.get("containerDefinitions", [])] if found else []


def definition_of_service(service: Service, name: str = "") -> TaskDefinition | None:
    """Return the revision that the service runs, or another one by `family:revision`: a user who sees a service
    may see what it runs."""
    rows = TaskDefinition.objects.in_scope(service.account, service.region)
    return cast("TaskDefinition | None", rows.filter(name=name or service.revision).first())
