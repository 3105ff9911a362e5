"""The form that changes the health check and attributes of a target group of a service."""

from functools import cached_property
from typing import Any, Final

from django import forms

from ecsdash.operations.actions import ActionForm
from ecsdash.operations.offers import permitted
from services.forms.target_group import HealthFields
from services.models import TargetGroup
from services.selectors.load_balancers import service_target_groups, settings_of

#: Fields of attributes, which are read of the target groups of services only.
OF_ATTRIBUTES: Final = ("deregistration_delay", "sticky_seconds")
#: What Elastic Load Balancing does not leave empty.
KEPT: Final = ("health_check_interval", "health_check_timeout", "healthy_threshold", "unhealthy_threshold")


class EditTargetGroupForm(HealthFields, ActionForm):
    """Form; its cleaned data has the TargetGroup as `group`. An empty field leaves the setting as it is, except the
    stickiness, which it turns off."""

    target_group = forms.ChoiceField(label="Target group", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = service_target_groups(self.context.user, self.context.scope, self.context.resource)
        rows = permitted(self.context, [each.target_group for each in found if each.target_group])
        self.groups_by_name = {row.name: row for row in rows}
        field: Any = self.fields["target_group"]
        field.choices = [(name, name) for name in self.groups_by_name]
        if self.group is None:
            return
        self.initial = {**settings_of(self.group), **self.initial, "target_group": self.group.name}
        for name in OF_ATTRIBUTES if self.group.attributes is None else ():
            del self.fields[name]
        if self.group.description.get("HealthCheckProtocol") not in ("HTTP", "HTTPS"):
            del self.fields["health_check_path"], self.fields["health_check_codes"]

    @cached_property
    def group(self) -> TargetGroup | None:
        """The target group that the form changes: the posted one, that in the address, or the first of the service."""
        first = next(iter(self.groups_by_name), "")
        return self.groups_by_name.get(str(self["target_group"].value() or first))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["group"] = self.group
        if self.group is not None:
            present = settings_of(self.group)
            self.check_health({name: data.get(name) or value for name, value in present.items()})
        elif not self.errors:
            self.add_error(None, "The target group is not in the inventory yet, or you may not change it.")
        return data
