"""Account settings of ECS in one account and region."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from clusters.selectors.account_settings import account_settings
from clusters.tables.account_settings import ACCOUNT_SETTINGS
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Table

NOUN = "ecs_account_settings"


@require_safe
@scoped(NOUN)
def account_setting_list(request: PageRequest, scope: Scope) -> HttpResponseBase:
    state, version = freshness(scope, NOUN), changes.version_of(scope, NOUN)
    table = Table(
        request,
        account_settings(request.user, scope),
        columns=ACCOUNT_SETTINGS,
        version=version,
        name="account_settings",
        title="ECS account settings",
        order="name",
        search=["name", "value"],
        icon="settings",
        row_menu="clusters/account_setting_menu.html",
        **table_states(state),
    )
    if response := table.alternative_response():
        return response
    clusters = ("Clusters", reverse("clusters:list", kwargs=scope.url_kwargs()))
    context = {"table": table, "freshness": state, "crumbs": [clusters, ("ECS account settings", "")]}
    fragment = fragments.Fragment("account_settings", version=version, every=15)
    return fragments.render(request, "clusters/account_settings.html", context, fragment)
