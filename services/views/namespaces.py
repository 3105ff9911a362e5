"""The namespaces of an account and region, and one of them with the services and tasks in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.heading import Heading
from services.selectors.namespaces import members_of, namespace_or_404, with_members, with_tasks


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


@require_safe
@scoped("namespaces", "services", "tasks")
def namespace_detail(request: PageRequest, scope: Scope, namespace: str) -> HttpResponse:
    row = namespace_or_404(request.user, scope, namespace)
    members = members_of(request.user, scope, row)
    context = {
        "members": members,
        "registries": with_tasks(request.user, scope, members),
        "freshness": freshness(scope, "namespaces", "services", "tasks"),
        "heading": Heading(row.name, "Namespace"),
        "crumbs": row.crumbs(),
    }
    return render(request, "services/namespaces/detail.html", context)
