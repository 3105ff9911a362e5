from functools import cache
from typing import Any

from django.http import HttpRequest

from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE


def running(request: HttpRequest) -> dict[str, Any]:
    """The number of operations in progress that the user may see, counted where a template shows it."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    shown = Operation.objects.visible_to(request.user).filter(state__in=ACTIVE)
    return {"running_operations": cache(shown.count)}
