"""The load balancers of an account and region, and one of them with its listeners and rules."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from services.forms.edit_listener_rule import changeable
from services.forms.listener import changeable_listeners
from services.selectors.listeners import load_balancer_or_404, with_listeners

NOUNS = ("load_balancers", "listeners", "target_groups", "services", "certificates")


@require_safe
@scoped(*NOUNS)
def load_balancer_list(request: PageRequest, scope: Scope) -> HttpResponse:
    context = {
        "balancers": with_listeners(request.user, scope),
        "freshness": freshness(scope, "load_balancers", "listeners", "target_groups", "services"),
        "kwargs": scope.url_kwargs(),
        "crumbs": [
            ("Services", reverse("services:services", kwargs=scope.url_kwargs())),
            ("Load balancers", reverse("services:load_balancers", kwargs=scope.url_kwargs())),
        ],
    }
    return render(request, "services/load_balancers/list.html", context)


@require_safe
@scoped(*NOUNS)
def load_balancer_detail(request: PageRequest, scope: Scope, load_balancer: str) -> HttpResponse:
    row = load_balancer_or_404(request.user, scope, load_balancer)
    (view,) = with_listeners(request.user, scope, [row])
    gone = row.gone_at is not None
    may = ActionContext(scope, request.user, row)
    closed = gone or scope.account.read_only or not ACTIONS["edit_listener_rule"].may_open(may)
    own = [] if closed else changeable(may, (rule for each in view.listeners for rule in each.rules))
    context = {
        "changeable_listeners": {} if closed else {each.arn for each in changeable_listeners(may)},
        "changeable": {rule.arn for rule in own if rule.arn},
        "view": view,
        "balancer": row,
        "freshness": freshness(scope, "load_balancers", "listeners", "target_groups", "services"),
        "heading": Heading(row.name, "Load balancer", "Deleted" if gone else row.state.capitalize(), row.tone),
        "kwargs": scope.url_kwargs(),
        "crumbs": row.crumbs(),
    }
    version = changes.version_of(scope, *NOUNS)
    return fragments.render(
        request,
        "services/load_balancers/detail.html",
        context,
        fragments.Fragment("listeners", version=version, final=gone),
    )
