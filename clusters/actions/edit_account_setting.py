from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.models import AccountSetting
from clusters.selectors.account_settings import explanation_of, shown_value
from clusters.sync.account_settings import root_arn
from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import Action, ActionContext, ActionForm, register
from ecsdash.operations.plan import Change, Check, Danger, Effect, Level, Observation, Plan, PlanError, Step, Undo


class EditAccountSettingForm(ActionForm):
    value = forms.ChoiceField(label="Value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explanation = explanation_of(self.context.resource)
        self.fields["value"].choices = list(explanation.values.items())  # type: ignore[attr-defined]
        self.fields["value"].label = explanation.label or self.context.resource.name
        self.fields["value"].help_text = explanation.effect


@register
class EditAccountSetting(Action):
    """Changes a setting of ECS for the whole account in one region."""

    name = "edit_account_setting"
    label = "Change"
    permission = Permission.ADMIN
    danger = Danger.CHANGES
    resource_type = AccountSetting
    path = "ecs-settings/<str:setting>/edit/"
    icon = "edit"
    form_class = EditAccountSettingForm
    calls = ("ecs.put_account_setting_default",)
    watches = ("ecs_account_settings",)

    def initial(self, context: ActionContext) -> dict[str, Any]:
        return {"value": context.resource.value}

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        setting: AccountSetting = context.resource
        explanation, before, after = explanation_of(setting), setting.value, data["value"]
        if before == after:
            raise PlanError("This is the value already. Choose another value, or cancel.", "value")
        root = root_arn(context.scope.region, context.scope.account.account_id)
        return Plan(
            summary=f"Change {explanation.label} of {context.scope} to {explanation.values[after]}",
            resource_key=setting.arn,
            resource_name=setting.name,
            steps=(
                Step(
                    "put",
                    f"Set {setting.name} to {after} for the account",
                    "ecs.put_account_setting_default",
                    {"name": setting.name, "value": after},
                ),
            ),
            changes=(Change(explanation.label, shown_value(setting), explanation.values[after]),),
            checks=(
                Check(
                    Level.WARN,
                    "The change applies to everything in this account and region",
                    f"{explanation.effect} Users and roles with a value of their own keep it.",
                ),
            ),
            observes=(
                Observation(
                    "account_setting_default",
                    {"name": setting.name, "principal": root},
                    {"value": before},
                    explanation.label,
                    (Effect("put", {"value": after}),),
                ),
            ),
            undo=Undo(self.name, "restore the previous value", setting.url_kwargs(), {"value": before}),
            touches=("ecs_account_settings",),
        )

    def unavailable(self, resource: Any) -> str:
        return "" if explanation_of(resource).values else explanation_of(resource).effect
