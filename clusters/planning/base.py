"""Base classes of the actions on clusters and container instances."""

from typing import Any

from django import forms

from clusters.models import Cluster, ContainerInstance
from clusters.selectors.container_instances import instances
from ecsdash.operations.actions import Action, ActionForm
from ecsdash.web.formatting import counted


class InstancesForm(ActionForm):
    """`row`: the primary keys of the selected rows, as a table's bulk buttons post them; cleaned, the instances."""

    row = forms.MultipleChoiceField(label="Container instances")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = instances(self.context.user, self.context.scope, self.context.resource.name).order_by("name")
        self.instances = {str(row.pk): row for row in rows}
        self.fields["row"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.name} · {row.status} · {counted(row.running_tasks_count, 'task')}")
            for key, row in self.instances.items()
        ]

    def clean_row(self) -> list[ContainerInstance]:
        return [self.instances[key] for key in self.cleaned_data["row"]]


def cluster_of(instance: ContainerInstance) -> Cluster:
    """Return the instance's cluster. The permission for the instance includes it."""
    rows = Cluster.objects.in_scope(instance.account, instance.region)
    cluster: Cluster = rows.select_related("account").get(name=instance.cluster_name)
    return cluster


class ClusterAction(Action):
    resource_type = Cluster

    def unavailable(self, resource: Cluster) -> str:
        return "" if resource.status == "ACTIVE" else f"The cluster is {resource.status}."


class ContainerInstanceAction(Action):
    resource_type = ContainerInstance
