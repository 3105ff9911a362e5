from django.db import models

from ecsdash.inventory.models import Resource


class AccountSetting(Resource):
    """A setting of ECS in one account and region, with the value that is in effect."""

    NOUN = "account_setting"
    URL = {"setting": "name"}

    value = models.CharField(max_length=100)
