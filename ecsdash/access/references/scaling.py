"""References of the calls of Application Auto Scaling: they change the service that is scaled, and may name a role and
the target group whose requests are counted."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.references import How, Reference, entry, thing

Params = Mapping[str, Any]


@entry("application-autoscaling.register_scalable_target", "application-autoscaling.put_scaling_policy")
def change_scaling(params: Params) -> Iterator[Reference]:
    """A resource is `service/<cluster>/<service>`; the permission for the service decides."""
    _, cluster, service = params["ResourceId"].split("/")
    yield thing(How.CHANGES, "service", service, cluster=cluster)
    if role := params.get("RoleARN"):
        yield thing(How.PASSES, "role", role)
    metric = params.get("TargetTrackingScalingPolicyConfiguration", {}).get("PredefinedMetricSpecification", {})
    _, counted, group = metric.get("ResourceLabel", "").partition("/targetgroup/")
    if counted:
        yield thing(How.READS, "target_group", group.partition("/")[0])
