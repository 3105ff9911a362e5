"""Choices of forms: the rows of a noun in one scope that the user can view."""

from typing import Any, TypeVar, cast

from django.db.models import QuerySet

from ecsdash.inventory.models import Choice
from ecsdash.inventory.scope import Scope

ChoiceRow = TypeVar("ChoiceRow", bound=Choice)


def choices(model: type[ChoiceRow], user: Any, scope: Scope) -> QuerySet[ChoiceRow]:
    """Return the choices of a form in this scope, sorted by name. Rows without a region (IAM) are in every region."""
    rows = model.objects.visible_to(user).filter(account=scope.account, region__in=[scope.region, ""]).present()
    return cast("QuerySet[ChoiceRow]", rows.order_by("label", "name"))
