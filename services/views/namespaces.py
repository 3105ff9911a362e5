"""The namespaces of an account and region, and the services in them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from services.selectors.namespaces import with_members


@require_safe
@scoped("namespaces", "services")
def namespace_list(request: PageRequest, scope: Scope) -> HttpResponse:
    context = {
        "namespaces": with_members(request.user, scope),
        "freshness": freshness(scope, "namespaces", "services"),
        "kwargs": scope.url_kwargs(),
        "crumbs": [
            ("Services", reverse("services:services", kwargs=scope.url_kwargs())),
            ("Namespaces", reverse("services:namespaces", kwargs=scope.url_kwargs())),
        ],
    }
    return render(request, "services/namespaces/list.html", context)
