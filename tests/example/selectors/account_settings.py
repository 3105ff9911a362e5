from typing import Any, cast

from django.db.models import QuerySet

from ecsdash.inventory.scope import Scope
from tests.example.models import AccountSetting


def account_settings(user: Any, scope: Scope) -> QuerySet[AccountSetting]:
    rows = AccountSetting.objects.visible_to(user).within(scope).present()
    return cast("QuerySet[AccountSetting]", rows.select_related("account"))
