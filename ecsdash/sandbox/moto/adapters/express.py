"""What ECS creates for an Express service: a load balancer with a target group, and the scaling of the service."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.elbv2.models import elbv2_backends

from ecsdash.sandbox.ecs.aws_services import Ingress
from ecsdash.sandbox.moto.adapters.compute import ec2
from ecsdash.sandbox.scope import Scope

_METRICS = {
    "AVERAGE_CPU": "ECSServiceAverageCPUUtilization",
    "AVERAGE_MEMORY": "ECSServiceAverageMemoryUtilization",
    "REQUEST_COUNT_PER_TARGET": "ALBRequestCountPerTarget",
}
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_DIMENSION = "ecs:service:DesiredCount"


class ExpressAdapter:
    def default_subnets(self, scope: Scope) -> list[str]:
        return [str(subnet.id) for _, subnet in sorted(ec2(scope).get_default_subnets().items())]

    def create_ingress(self, scope: Scope, name: str, subnets: Sequence[str], port: int, path: str) -> Ingress:
        backend = elbv2_backends[scope.account][scope.region]
        balancer = backend.create_load_balancer(name, [], list(subnets)[:2], loadbalancer_type="application")
        group = backend.create_target_group(
            name, protocol="HTTP", port=port, vpc_id=balancer.vpc_id, target_type="ip", healthcheck_path=path
        )
        forward: dict[str, Any] = {"Type": "forward", "TargetGroupArn": group.arn, "Order": 1}
        backend.create_listener(balancer.arn, "HTTP", "80", "", None, [forward])
        return Ingress(balancer.arn, group.arn, f"http://{balancer.dns_name}")

    def delete_ingress(self, scope: Scope, load_balancer: str, target_group: str) -> None:
        backend = elbv2_backends[scope.account][scope.region]
        backend.delete_load_balancer(load_balancer)
        backend.delete_target_group(target_group)

    def scale_service(self, scope: Scope, cluster: str, service: str, target: Mapping[str, Any]) -> None:
        backend = applicationautoscaling_backends[scope.account][scope.region]
        place = "ecs", f"service/{cluster}/{service}", _DIMENSION
        bounds = target["minTaskCount"], target["maxTaskCount"]
        backend.register_scalable_target(*place, *bounds, "", _NOT_SUSPENDED)  # type: ignore[arg-type]
        body = {
            "TargetValue": float(target["autoScalingTargetValue"]),
            "PredefinedMetricSpecification": {"PredefinedMetricType": _METRICS[target["autoScalingMetric"]]},
        }
        backend.put_scaling_policy(f"{service}-express", *place, body, "TargetTrackingScaling")
