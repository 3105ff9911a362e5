"""Documents of inventory rows by their address: `dev/eu-west-1/web:3`, `dev/eu-west-1/shop/web`, and that service at
its restore point 7 `dev/eu-west-1/shop/web@7`."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, IntegerField, Value, When
from django.http import Http404

from ecsdash.aws.names import STEP_TAG
from ecsdash.inventory.scope import find_scope, find_selection
from ecsdash.web import parsing
from ecsdash.web.nav import ALL
from services.documents import described
from services.documents.kinds import Document, DocumentKind
from services.models import RestorePoint, Service, TaskDefinition
from services.selectors import services, task_definitions
from services.selectors.restore_points import restore_points

MOST_SUGGESTED: Final = 200


@dataclass(frozen=True)
class DocumentRow:
    """A task definition or service that the user may see, its document, and its address."""

    row: TaskDefinition | Service
    document: Document
    address: str


def document_at(user: Any, address: str) -> DocumentRow | None:
    """Return the document; of a family without revision that of its latest ACTIVE one. None if there is none."""
    parts = address.strip().strip("/").split("/")
    if len(parts) not in (3, 4):
        return None
    try:
        scope = find_scope(user, *parts[:2])
        if len(parts) == 4:
            name, _, point = parts[3].partition("@")
            return _of_service(services.service_or_404(user, scope, parts[2], name), point)
    except Http404:
        return None
    found = task_definitions.by_name(user, scope, parts[2])
    return of_task_definition(found) if found else None


def of_task_definition(row: TaskDefinition) -> DocumentRow:
    content = {**row.description, "tags": _tags(row)}
    return DocumentRow(row, described.task_definition_of(content), f"{_scope(row)}/{row.name}")


def of_service(row: Service) -> DocumentRow:
    content = {**row.description, "tags": _tags(row)}
    return DocumentRow(row, described.service_of(content), f"{_scope(row)}/{row.cluster_name}/{row.name}")


def _of_service(row: Service, point: str) -> DocumentRow | None:
    """Return the document of the service now, or at one of its restore points."""
    if not point:
        return of_service(row)
    key = parsing.number(point)
    found = restore_points(row).filter(pk=key).first() if key is not None else None
    if found is None:
        return None
    return DocumentRow(row, Document(DocumentKind.SERVICE, found.document), restore_point_address(row, found))


def restore_point_address(row: Service, point: RestorePoint) -> str:
    return f"{_scope(row)}/{row.cluster_name}/{row.name}@{point.pk}"


def suggested(user: Any, like: DocumentRow | None) -> list[str]:
    """Return addresses for the other side of a comparison: the same name in all accounts and regions, then others."""
    try:
        selection = find_selection(user, ALL, ALL)
    except Http404:
        return []
    if like is not None and isinstance(like.row, Service):
        rows = services.services(user, selection)
        same = Case(When(name=like.row.name, then=Value(0)), default=Value(1), output_field=IntegerField())
        found = rows.order_by(same, "name", "cluster_name")[:MOST_SUGGESTED]
        return [f"{_scope(row)}/{row.cluster_name}/{row.name}" for row in found]
    family = like.row.family if like is not None and isinstance(like.row, TaskDefinition) else ""
    revisions = task_definitions.revisions(user, selection).filter(family=family).order_by("-revision")
    active = task_definitions.revisions(user, selection).filter(status="ACTIVE").order_by("family").distinct()
    families = active.values_list("account__alias", "region", "family")
    return [
        *(f"{_scope(row)}/{row.name}" for row in revisions.defer("description")[:MOST_SUGGESTED]),
        *("/".join(names) for names in families[:MOST_SUGGESTED]),
    ]


def _scope(row: TaskDefinition | Service) -> str:
    return f"{row.account.alias}/{row.region}"


def _tags(row: TaskDefinition | Service) -> list[dict[str, str]]:
    """Return the tags of users, without the step tag and the tags of AWS."""
    tags = row.tags.items()
    return [{"key": key, "value": value} for key, value in tags if key != STEP_TAG and not key.startswith("aws:")]
