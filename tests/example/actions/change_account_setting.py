from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.urls import reverse

from ecsdash.access.permissions import Permission
from ecsdash.access.references import How, Reference, entry, thing
from ecsdash.aws.calls import Aws
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.hooks import reader
from ecsdash.operations.plan import Change, Effect, Observation, Plan, PlanError, Step, Undo
from tests.example.models import AccountSetting


class ChangeAccountSettingForm(ActionForm):
    value = forms.CharField(label="Value", max_length=100)


@register
class ChangeAccountSetting(Action):
    name = "change_account_setting"
    label = "Change"
    permission = Permission.ADMIN
    resource_type = AccountSetting
    path = "account-settings/<str:setting>/change/"
    icon = "edit"
    form_class = ChangeAccountSettingForm
    calls = ("ecs.put_account_setting",)

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        setting: AccountSetting = context.resource
        before, after = setting.value, data["value"]
        if before == after:
            raise PlanError(f"The value is already {before}. Enter another value.", "value")
        params = {"name": setting.name, "value": after}
        effects = (Effect("put", {"value": after}),)
        return Plan(
            summary=f"Change {setting.name} from {before} to {after}",
            resource_key=setting.arn,
            resource_name=setting.name,
            steps=(Step("put", f"Set {setting.name} to {after}", "ecs.put_account_setting", params),),
            changes=(Change(setting.name, before, after),),
            observes=(
                Observation("account_setting_state", {"name": setting.name}, {"value": before}, setting.name, effects),
            ),
            undo=Undo(self.name, f"Change {setting.name} back to {before}", setting.url_kwargs(), {"value": before}),
            touches=("account_settings",),
        )

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"value": context.resource.value}

    def back(self, context: ActionContext) -> str:
        return reverse("example:account_settings", kwargs=context.scope.url_kwargs())

    def crumbs(self, context: ActionContext) -> list[tuple[str, str]]:
        return [("Account settings", self.back(context)), (context.resource.name, "")]


@entry("ecs.put_account_setting")
def put_account_setting(params: Mapping[str, Any]) -> Iterator[Reference]:
    yield thing(How.CHANGES, "account_setting", params["name"])


@reader
def account_setting_state(aws: Aws, name: str) -> dict[str, Any] | None:
    """The value in effect now; None when ECS has no such setting."""
    listed = aws.collect("ecs.list_account_settings", "settings", name=name, effectiveSettings=True)
    return {"value": listed[0]["value"]} if listed else None
