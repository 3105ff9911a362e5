"""Express services and gateways of one account and region, with the resources behind them. Nothing is changed here."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from services.models import ExpressService, Gateway

NOUNS = ("express_services", "gateways")


@require_safe
@scoped(*NOUNS)
def express(request: PageRequest, scope: Scope) -> HttpResponse:
    here = (scope.account, scope.region)
    context = {
        "services": ExpressService.objects.visible_to(request.user).in_scope(*here).present().order_by("name"),
        "gateways": Gateway.objects.visible_to(request.user).in_scope(*here).present().order_by("name"),
        "freshness": freshness(scope, *NOUNS),
        "crumbs": [
            ("Services", reverse("services:services", kwargs=scope.url_kwargs())),
            ("Express services and gateways", ""),
        ],
    }
    fragment = fragments.Fragment("express", version=changes.version_of(scope, *NOUNS), every=15)
    return fragments.render(request, "services/express.html", context, fragment)
