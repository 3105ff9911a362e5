"""The button of an empty table that creates the first row."""

from typing import Any

from django.urls import reverse

from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ACTIONS, ActionContext


def create_button(action_name: str, user: Any, scope: Scope | None, resource: Resource | None = None) -> dict[str, Any]:
    """Return `empty_url` and `empty_action` of a table, if the user has permission. A list of several scopes has no
    button, because the scope of the new resource is not known; neither has a read-only account."""
    action = ACTIONS[action_name]
    if scope is None or scope.account.read_only or not action.may_open(ActionContext(scope, user, resource)):
        return {}
    place = resource or scope
    return {"empty_url": reverse(action.url_name, kwargs=place.url_kwargs()), "empty_action": action.label}
