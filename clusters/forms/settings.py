"""The form of a cluster's settings: Container Insights, capacity providers, default strategy."""

from typing import Any

from django import forms
from django.forms import formset_factory

from clusters.forms.configuration import ConfigurationFields
from clusters.forms.offers import offer_options
from clusters.models import CapacityProvider, Cluster
from clusters.selectors.capacity import FARGATE
from clusters.selectors.capacity_providers import capacity_providers
from ecsdash.operations.actions import ActionContext, Formset, GroupForm
from ecsdash.operations.offers import permitted

INSIGHTS = {"disabled": "Off", "enabled": "On", "enhanced": "Enhanced observability"}
MOST_ITEMS = 20


class StrategyForm(GroupForm):
    provider = forms.ChoiceField(label="Capacity provider")
    base = forms.IntegerField(
        label="Base", min_value=0, max_value=100000, initial=0, help_text="Minimum tasks on this provider"
    )
    weight = forms.IntegerField(
        label="Weight", min_value=0, max_value=1000, initial=1, help_text="Relative share of the remaining tasks"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = provider_names(self.context)
        offer_options(self, "provider", CapacityProvider, [(name, name) for name in names])


class BaseStrategyFormSet(Formset):
    def clean(self) -> None:
        items = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        names = [item["provider"] for item in items if "provider" in item]
        if len(set(names)) < len(names):
            raise forms.ValidationError("A capacity provider can be used only once. Remove one of the lines.")
        if len({name in FARGATE for name in names}) > 1:
            raise forms.ValidationError(
                "A strategy cannot contain both Fargate and Auto Scaling group capacity providers. Remove one kind."
            )
        if sum(bool(item.get("base")) for item in items) > 1:
            raise forms.ValidationError("Only one line can have a base. Set the other bases to 0.")
        if items and not any(item.get("weight", 1) for item in items):
            raise forms.ValidationError("At least one line needs a weight above 0.")


StrategyFormSet: type[Formset] = formset_factory(
    StrategyForm, formset=BaseStrategyFormSet, extra=0, max_num=MOST_ITEMS, validate_max=True
)


class EditClusterForm(ConfigurationFields):
    container_insights = forms.ChoiceField(
        label="Container Insights",
        choices=list(INSIGHTS.items()),
        help_text="CloudWatch metrics. CloudWatch charges apply.",
    )
    capacity_providers = forms.MultipleChoiceField(label="Capacity providers", required=False)

    groups = {"strategy": StrategyFormSet}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = provider_names(self.context)
        offer_options(self, "capacity_providers", CapacityProvider, [(name, name) for name in names])

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        selected = self.cleaned_data["capacity_providers"]
        unselected = [item["provider"] for item in self.cleaned_data["strategy"] if item["provider"] not in selected]
        if unselected:
            text = f"The default strategy uses {', '.join(unselected)}. Choose it here too, or remove it there."
            self.add_error("capacity_providers", text)
        return not unselected


def provider_names(context: ActionContext) -> list[str]:
    """Return the Fargate providers, those of the context's cluster, which an edit must not detach unseen, and the
    active ones of the region that the person may use."""
    cluster: Cluster | None = context.resource
    rows = capacity_providers(context.user, context.scope).filter(status="ACTIVE").order_by("name")
    attached = cluster.capacity_providers if cluster else ()
    names = [*FARGATE, *attached, *(row.name for row in permitted(context, rows))]
    return list(dict.fromkeys(names))
