"""Account settings of ECS: the page, and the change of one."""

from django.test import Client
from django.urls import reverse

from clusters.models import AccountSetting
from clusters.selectors.account_settings import EXPLANATIONS
from ecsdash.access.models import User
from ecsdash.aws import shapes
from tests.clusters.world import World

NAME = {"setting": "containerInsights"}


def test_every_setting_that_botocore_knows_is_explained() -> None:
    assert set(EXPLANATIONS) == set(shapes.enum_of("ecs.put_account_setting_default", "name"))


def test_a_setting_is_changed_for_the_account_and_undo_restores_it(world: World, admin: User, client: Client) -> None:
    world.sweep("ecs_account_settings")
    operation = world.run("edit_account_setting", admin, {"value": "enhanced"}, **NAME)
    world.sweep("ecs_account_settings")
    assert AccountSetting.objects.get(name="containerInsights").value == "enhanced"
    own = world.client("ecs").list_account_settings(name="containerInsights", effectiveSettings=True)
    assert own["settings"][0]["value"] == "enhanced"
    client.force_login(admin)
    page = client.get(reverse("clusters:account_settings", kwargs=world.scope.url_kwargs())).content.decode()
    assert "Enhanced observability" in page
    assert "The default of new clusters" in page
    world.undo(operation, admin)
    world.sweep("ecs_account_settings")
    assert AccountSetting.objects.get(name="containerInsights").value == "disabled"


def test_the_same_value_and_unknown_values_are_refused(world: World, admin: User) -> None:
    world.sweep("ecs_account_settings")
    assert "value" in world.errors("edit_account_setting", admin, {"value": "disabled"}, **NAME)
    assert "value" in world.errors("edit_account_setting", admin, {"value": "sometimes"}, **NAME)
