"""Reveal hidden values: one, or those of one container, by POST. The response is not cached anywhere."""

import shlex
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from ecsdash.access.authentication import require_recent_proof
from ecsdash.access.client import client_ip
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from services.planning.revealing import reveal
from services.selectors import task_definitions, tasks


@require_POST
@cache_control(no_store=True)
@scoped()
def of_task_definition(request: PageRequest, scope: Scope, family: str, revision: int) -> HttpResponse:
    return _values(request, task_definitions.revision_or_404(request.user, scope, family, revision))


@require_POST
@cache_control(no_store=True)
@scoped()
def of_task(request: PageRequest, scope: Scope, task: str) -> HttpResponse:
    return _values(request, tasks.task_or_404(request.user, scope, task))


def _values(request: PageRequest, row: Resource) -> HttpResponse:
    require_recent_proof(request)
    found = reveal(request.user, row, request.POST.get("place", ""), client_ip(request))
    if not found:
        raise Http404("No hidden value has this place")
    context = {
        "row": row,
        "owner": found[0].owner_name,
        "values": [(each.name, _text(each.value)) for each in found],
        "crumbs": [*row.crumbs(), ("Hidden values", "")],
    }
    return render(request, "services/revealed.html", context)


def _text(value: Any) -> str:
    return shlex.join(map(str, value)) if isinstance(value, list) else str(value)
