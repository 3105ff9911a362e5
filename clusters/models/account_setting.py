"""Settings of ECS for a whole account in one region."""

from django.db import models

from ecsdash.inventory.models import Crumbs, Resource
from ecsdash.web.cached_reverse import address


class AccountSetting(Resource):
    """A setting of ECS with its value for the account: users and roles without a value of their own have this one."""

    NOUN = "ecs_account_setting"
    PAGE = "clusters:account_settings"  # the list
    URL = {"setting": "name"}

    value = models.CharField(max_length=100)

    def get_absolute_url(self) -> str:
        return address(self.PAGE, **self.scope_kwargs())

    def crumbs(self) -> Crumbs:
        return [("ECS account settings", self.get_absolute_url()), (self.name, self.get_absolute_url())]
