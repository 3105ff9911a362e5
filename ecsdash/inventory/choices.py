"""What a form may offer: the rows of a noun in one scope, as far as the user may see them."""

from typing import Any, TypeVar, cast

from django.db.models import QuerySet

from ecsdash.inventory.models import Choice
from ecsdash.inventory.scope import Scope

ChoiceRow = TypeVar("ChoiceRow", bound=Choice)


def choices(model: type[ChoiceRow], user: Any, scope: Scope) -> QuerySet[ChoiceRow]:
    """What a form may offer in this scope, by name; what belongs to no region (IAM) is offered in each."""
    rows = model.objects.visible_to(user).filter(account=scope.account, region__in=[scope.region, ""]).present()
    return cast("QuerySet[ChoiceRow]", rows.order_by("label", "name"))
