"""The button "Seen" of a past failure on the overview."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ecsdash.access.client import client_ip
from ecsdash.inventory.scope import PageRequest, visible_scopes
from services.planning.seen_problems import mark_seen


@require_POST
def seen(request: PageRequest) -> HttpResponse:
    """Mark the failure as seen for everybody. One that is gone meanwhile needs no mark."""
    mark_seen(request.user, visible_scopes(request.user), request.POST.get("key", ""), client_ip(request))
    return HttpResponseRedirect(f"{reverse('services:overview')}#attention")
