from typing import Any

from django import forms
from django.db.models import QuerySet

from ecsdash.operations.actions import ActionForm
from ecsdash.operations.models import Operation
from ecsdash.operations.states import ACTIVE, OperationState


class RemoveCreatedForm(ActionForm):
    """Cleaned, `operation` is one that has ended, may be seen, and names this action as its undo."""

    operation = forms.ChoiceField(
        label="Operation", help_text="Everything that it created is removed, and nothing that existed before."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["operation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), _label(each)) for each in self._offered()]

    def clean_operation(self) -> Operation:
        found: Operation = self._offered().get(pk=self.cleaned_data["operation"])
        return found

    def _offered(self) -> QuerySet[Operation]:
        user, scope = self.context.user, self.context.scope
        rows = Operation.objects.visible_to(user).filter(
            account=scope.account, region=scope.region, plan_data__undo__action="remove_created"
        )
        ended = rows.exclude(state__in=ACTIVE).exclude(
            undos__action="remove_created", undos__state=OperationState.SUCCEEDED
        )
        return ended.select_related("account").order_by("-created_at")


def _label(operation: Operation) -> str:
    state = operation.state_enum.label.lower()
    return f"{operation.plan_data['summary']} · {state} · {operation.created_at:%Y-%m-%d %H:%M} UTC"
