"""Links of an operation's page to its resources, if they exist and the user may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import F, QuerySet
from django.utils import timezone

from ecsdash.inventory.models import Resource
from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.models import Operation
from ecsdash.operations.page_parts import Link
from ecsdash.operations.states import OperationState

#: How long after the end a created resource may be missing in the inventory.
SETTLE = timedelta(seconds=60)


@dataclass(frozen=True)
class ShownOutput:
    """An output of the plan. `url` is empty for plain text and for a resource that is not in the inventory."""

    label: str
    value: str
    url: str
    outside: bool


def resource_links(user: Any, operation: Operation) -> list[Link]:
    """Return the links to the resources that the operation changed, or to its cluster if they have no page."""
    rows = list(filter(None, (row_of(user, operation.resource_key), _resource(user, operation))))
    rows = rows or list(filter(None, [_named(user, operation) or _cluster(user, operation)]))
    links = [Link(f"View {row.NOUN.replace('_', ' ')} {row.crumbs()[-1][0]}", row.get_absolute_url()) for row in rows]
    return list(dict.fromkeys(links))


def shown_outputs(user: Any, outputs: Iterable[dict[str, Any]]) -> list[ShownOutput]:
    return [_shown(user, out) for out in outputs]


def unsettled(operation: Operation, links: Sequence[Link], outputs: Sequence[ShownOutput]) -> bool:
    """Return whether the inventory may soon show more resources that the operation created or did not stop."""
    if operation.ended_at is None or timezone.now() - operation.ended_at > SETTLE:
        return False
    if operation.state == OperationState.CANCELLED:
        return bool(operation.plan.continues)
    missing = not links or any(out.value.startswith("arn:") and not out.url for out in outputs)
    return operation.state == OperationState.SUCCEEDED and missing


def row_of(user: Any, arn: str) -> Resource | None:
    """Return the row of this ARN, if it has a page that the user may see."""
    model = _model_of(arn)
    return _visible(user, model, arn=arn) if model else None


def addresses_of(user: Any, arns: Sequence[str]) -> dict[str, str]:
    """Return ARN -> the address of its page, of those that the user may see; the ARNs are of one kind."""
    model = _model_of(arns[0]) if arns else None
    if model is None:
        return {}
    rows = model.objects.visible_to(user).filter(arn__in=arns).select_related("account")
    return {row.arn: row.get_absolute_url() for row in rows}


def _model_of(arn: str) -> type[Resource] | None:
    kind = arn.split(":", 5)[-1].partition("/")[0]
    return next((each for each in _with_pages() if kind == each.arn_type()), None)


def _named(user: Any, operation: Operation) -> Resource | None:
    """Return the row of the kind and name of a created resource whose ARN the plan could not know."""
    model = _model_of(operation.resource_key)
    if model is None:
        return None
    return _visible(user, model, account=operation.account, region=operation.region, name=operation.resource_name)


def _shown(user: Any, out: dict[str, Any]) -> ShownOutput:
    value = str(out["value"])
    if out["link"]:
        return ShownOutput(out["label"], value, value, outside=True)
    row = row_of(user, value) if value.startswith("arn:") else None
    return ShownOutput(out["label"], value, row.get_absolute_url() if row else "", outside=False)


def _resource(user: Any, operation: Operation) -> Resource | None:
    """Return the row that the address of the action names."""
    model = ACTIONS[operation.action].resource_type if operation.action in ACTIONS else None
    if model is None or not model.PAGE or not set(model.URL) <= set(operation.url_kwargs):
        return None
    wanted = {lookup: operation.url_kwargs[keyword] for keyword, lookup in model.URL.items()}
    return _visible(user, model, account=operation.account, region=operation.region, **wanted)


def _cluster(user: Any, operation: Operation) -> Resource | None:
    model = next((each for each in _with_pages() if each.NOUN == "cluster"), None)
    if model is None or not operation.cluster:
        return None
    return _visible(user, model, account=operation.account, region=operation.region, name=operation.cluster)


def _with_pages() -> Iterable[type[Resource]]:
    return (each for each in apps.get_models() if issubclass(each, Resource) and each.PAGE)


def _visible(user: Any, model: type[Resource], **wanted: Any) -> Resource | None:
    """Return the present row, or else the one that was deleted last."""
    rows: QuerySet[Any] = model.objects.visible_to(user).filter(**wanted).select_related("account")
    return rows.order_by(F("gone_at").desc(nulls_first=True)).first()
