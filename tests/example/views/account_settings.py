from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.list_states import table_states
from ecsdash.inventory.scope import Scope, scoped
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Table
from tests.example.selectors.account_settings import account_settings
from tests.example.tables.account_settings import ACCOUNT_SETTINGS


@require_safe
@scoped("account_settings")
def account_setting_list(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    state, version = freshness(scope, "account_settings"), changes.version_of(scope, "account_settings")
    table = Table(
        request,
        account_settings(request.user, scope),
        columns=ACCOUNT_SETTINGS,
        version=version,
        name="account_settings",
        title="Account settings",
        order="name",
        search=["name", "value"],
        row_menu="example/account_settings/menu.html",
        **table_states(state),
    )
    if response := table.alternative_response():
        return response
    context = {"table": table, "freshness": state, "crumbs": [("Account settings", "")]}
    fragment = fragments.Fragment("account_settings", version=version)
    return fragments.render(request, "example/account_settings/list.html", context, fragment)
