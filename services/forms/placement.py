"""Compute and network fields of the forms that create a service and run tasks."""

from collections.abc import Mapping
from typing import Any

from django import forms

from clusters.forms.network import check_numbers, check_one_vpc, offer_network, preselected
from clusters.forms.settings import StrategyFormSet
from clusters.models import Cluster
from clusters.selectors.clusters import clusters
from ecsdash.operations.actions import ActionContext, ActionForm
from ecsdash.web.forms.conditional_fields import required_where_shown
from services.models import TaskDefinition

FARGATE, EC2, DEFAULT, STRATEGY = "FARGATE", "EC2", "default", "strategy"


class PlacementFields(ActionForm):
    groups = {"strategy": StrategyFormSet}

    compute = forms.ChoiceField(
        widget=forms.RadioSelect,
        initial=FARGATE,
        choices=[
            (FARGATE, "Fargate | Serverless: AWS provides the capacity"),
            (EC2, "EC2 | On the cluster's container instances"),
            (DEFAULT, "Cluster default | The cluster's default capacity provider strategy"),
            (STRATEGY, "Capacity provider strategy | Spread by base and weight"),
        ],
    )
    subnets = required_where_shown(forms.MultipleChoiceField())
    security_groups = forms.MultipleChoiceField(
        required=False, help_text="Security groups of the tasks. Default: the VPC's default security group."
    )
    assign_public_ip = forms.BooleanField(
        required=False, initial=True, label="Assign a public IP address (Fargate in a public subnet needs one)"
    )
    #: Further fields that offer security groups, besides `security_groups`.
    more_groups: tuple[str, ...] = ()

    def __init__(self, *args: Any, context: ActionContext, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        kwargs["initial"] = {**preselected(context, self.cluster_named(context, initial)), **initial}
        super().__init__(*args, context=context, **kwargs)
        self.known_subnets, self.known_groups = offer_network(self, *self.more_groups)

    def cluster_named(self, context: ActionContext, initial: Mapping[str, Any]) -> str:
        """Return the cluster for which an empty form preselects its network."""
        return str(context.resource.name)

    def unused_groups(self) -> frozenset[str]:
        return frozenset() if self["compute"].value() == STRATEGY else frozenset({"strategy"})

    def check_compute(self, data: Mapping[str, Any], cluster: str) -> None:
        """Add an error if the strategy is empty or names a capacity provider that the cluster does not have."""
        if data.get("compute") != STRATEGY:
            return
        lines = self.formsets["strategy"]
        if not lines.total_form_count():
            self.add_error("compute", "Add at least one capacity provider, or choose another compute option.")
            return
        row: Cluster | None = clusters(self.context.user, self.context.scope).filter(name=cluster).first()
        known = row.capacity_providers if row else []
        named = [form.cleaned_data.get("provider") for form in lines.forms if form.is_valid()]
        if unknown := [name for name in named if name and name not in known]:
            has = f"It has {', '.join(known)}." if known else "It has none."
            text = f"The cluster {cluster} does not have the capacity provider {', '.join(unknown)}. {has}"
            self.add_error(
                "compute", f"{text} Choose a capacity provider of the cluster, or add this one to the cluster first."
            )

    def check_network(self, data: Mapping[str, Any], definition: TaskDefinition) -> None:
        """Add errors for subnets and security groups that tasks of this definition cannot use."""
        chosen = [self.known_subnets[name] for name in data.get("subnets", [])]
        if definition.network_mode == "awsvpc" and not chosen and "subnets" not in self.errors:
            self.add_error("subnets", f"Choose at least one subnet: {definition.name} uses the network mode awsvpc.")
        for field in ("security_groups", *self.more_groups):
            check_one_vpc(self, chosen, (self.known_groups[name] for name in data.get(field, [])), field)
        check_numbers(self, data)


def capacity_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the launch type or strategy as API parameters; neither for the cluster's default."""
    if data["compute"] == STRATEGY:
        items = [
            {"capacityProvider": each["provider"], "weight": each["weight"], "base": each["base"]}
            for each in data["strategy"]
        ]
        return {"capacityProviderStrategy": items}
    return {} if data["compute"] == DEFAULT else {"launchType": data["compute"]}


def network_of(definition: TaskDefinition, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `networkConfiguration` for a definition with the network mode awsvpc; empty for others."""
    if definition.network_mode != "awsvpc":
        return {}
    configuration: dict[str, Any] = {"subnets": data["subnets"]}
    if data["security_groups"]:
        configuration["securityGroups"] = data["security_groups"]
    if data["compute"] != EC2:
        configuration["assignPublicIp"] = "ENABLED" if data["assign_public_ip"] else "DISABLED"
    return {"networkConfiguration": {"awsvpcConfiguration": configuration}}
