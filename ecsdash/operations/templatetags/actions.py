"""The template tag for buttons of actions."""

from typing import Any

from django import template
from django.urls import reverse

from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ACTIONS, ActionContext, ActionForm
from ecsdash.operations.plan import Danger

register = template.Library()


@register.inclusion_tag("operations/action_button.html", takes_context=True)
def action_button(
    context: Any, name: str, target: Resource | Scope, style: str = "", label: str = "", to: str = ""
) -> dict[str, Any]:
    """`{% action_button "scale_service" service %}`; to create, `target` is the scope or the row of the parent.

    Hidden without permission; disabled with the reason when the action is not possible now. `style` is "primary",
    "small" or "menu" (an entry of a row menu). The button of an action without fields posts it: it leads to the review
    or, if the action may act at once, to the operation, with a link to the review beside it. `to` is added to the
    address: a query, or the place in the form.
    """
    action = ACTIONS[name]
    is_scope = isinstance(target, Scope)
    scope = target if isinstance(target, Scope) else Scope(target.account, target.region)
    resource = None if is_scope else target
    user = context["request"].user
    return {
        "hidden": not action.may_open(ActionContext(scope, user, resource)),
        "label": label or action.label,
        "icon": action.icon,
        "url": reverse(action.url_name, kwargs=target.url_kwargs()) + to,
        "why": f"{name}-{target.pk}" if isinstance(target, Resource) else name,
        "reason": action.obstacle(scope.account, resource),
        "style": style,
        "bare": action.form_class is ActionForm,
        "at_once": action.at_once(scope),
        "look": _look(style, bad=action.danger is Danger.LOSES),
    }


def _look(style: str, *, bad: bool) -> str:
    if style == "menu":
        return "bad" if bad else ""
    kinds = {"primary": " btn-primary", "small": " btn-sm"}
    return f"btn{kinds.get(style, '')}{' btn-outline-danger' if bad else ''}"
