from collections.abc import Mapping
from typing import Any

from clusters.models import Cluster
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.reverting import RevertAction, restored
from ecsdash.operations.actions import ActionContext, register
from ecsdash.operations.plan import Effect, Observation, Plan, PlanError, Step

SETTINGS, CAPACITY = "ecs.update_cluster_settings", "ecs.put_cluster_capacity_providers"


@register
class RevertClusterChange(RevertAction):
    name = "revert_cluster_change"
    path = "external-changes/<str:change>/revert-cluster/"
    calls = (SETTINGS, CAPACITY)
    reverts = ("ecs:UpdateClusterSettings", "ecs:PutClusterCapacityProviders", "ecs:UpdateCluster")

    def plan(self, context: ActionContext, data: Mapping[str, Any]) -> Plan:
        change: ExternalChange = context.resource
        wanted = self.former_of(change)
        cluster = Cluster.objects.filter(arn=change.resource_arn).present().select_related("account").first()
        if cluster is None:
            raise PlanError("The cluster no longer exists.")
        present = {name: cluster.description.get(name) for name in wanted}
        changes = restored(present, wanted)
        steps = _steps(cluster.name, {each.path: each.after for each in changes}, cluster.description)
        after = tuple(
            Effect(step.key, {name: wanted[name] for name in wanted if name in step.params}) for step in steps
        )
        identity = {"cluster": cluster.name, "names": list(wanted)}
        return Plan(
            summary=f"Revert the change of {cluster.name} by {change.person}",
            resource_key=cluster.arn,
            resource_name=cluster.name,
            steps=steps,
            changes=changes,
            observes=(Observation("cluster_settings", identity, present, f"Cluster {cluster.name}", after),),
            touches=("clusters",),
        )


def _steps(cluster: str, wanted: Mapping[str, Any], present: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the calls that set what is wanted; the call for capacity replaces both of its settings."""
    steps = []
    if "settings" in wanted:
        params = {"cluster": cluster, "settings": wanted["settings"]}
        steps.append(Step("settings", "Restore the former settings", SETTINGS, params))
    names = ("capacityProviders", "defaultCapacityProviderStrategy")
    if wanted.keys() & set(names):
        values = {name: wanted.get(name, present.get(name, [])) for name in names}
        steps.append(
            Step(
                "capacity",
                "Restore the capacity providers and the default strategy",
                CAPACITY,
                {"cluster": cluster, **values},
                retry_on=("UpdateInProgressException",),
                until="cluster_attached",
                until_params={"cluster": cluster},
                timeout=300,
            )
        )
    if not steps:
        raise PlanError("The dashboard restores settings and capacity providers of a cluster only.")
    return tuple(steps)
