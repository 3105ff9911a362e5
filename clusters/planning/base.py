"""What the actions on a cluster and those on a container instance share."""

from typing import Any

from django import forms

from clusters.models import Cluster, ContainerInstance
from clusters.selectors.container_instances import instances
from ecsdash.operations.actions import Action, ActionForm
from ecsdash.web.formatting import counted


class InstancesForm(ActionForm):
    """`row` as the bulk buttons of a table post it: primary keys. Cleaned, it is the instances."""

    row = forms.MultipleChoiceField(label="Instances")

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
    """Its row: the instance's place was already judged, and whoever sees an instance sees its cluster."""
    rows = Cluster.objects.in_scope(instance.account, instance.region)
    found: Cluster = rows.select_related("account").get(name=instance.cluster_name)
    return found


class ClusterAction(Action):
    resource_type = Cluster

    def unavailable(self, resource: Cluster) -> str:
        return "" if resource.status == "ACTIVE" else f"The cluster is {resource.status}."


class ContainerInstanceAction(Action):
    resource_type = ContainerInstance
