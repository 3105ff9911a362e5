"""A service in the simulated AWS, and people who change it beside the dashboard."""

from typing import Any

from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.codes import EXTERNAL
from ecsdash.external_changes.models import NOUN, ExternalChange, ReadPosition
from tests.prepared import prepare
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, MOVED, SimulatedServices

SERVICE = {"cluster": "shop", "service": "web-front"}
LIMITS = {
    "ServiceNamespace": "ecs", "ResourceId": "service/shop/web-front", "ScalableDimension": "ecs:service:DesiredCount",
}  # fmt: skip
SWEPT = (*MOVED, *LOAD_BALANCING_NOUNS, "scalable_targets", "scaling_policies", "clusters")


class Elsewhere(SimulatedServices):
    def build(self) -> None:
        """A steady service, with CloudTrail read until now."""
        prepare("external changes", self.scope, self.sandbox, self._build_service)

    def _build_service(self) -> None:
        self._build()
        self.steady_service()
        self.begin_again()

    def begin_again(self) -> None:
        """Sweep, and read CloudTrail from now on: what was made so far is not recorded."""
        self.sweep(*SWEPT)
        ReadPosition.objects.all().delete()
        self.read()
        self.sandbox.step(2)

    def read(self) -> None:
        self.sweep(NOUN)

    def read_and_sweep(self) -> ExternalChange:
        """Read CloudTrail, then everything that may have changed. Return the only change."""
        self.read()
        self.sweep(*SWEPT)
        return self.change()

    def change(self) -> ExternalChange:
        found: ExternalChange = ExternalChange.objects.select_related("account").get()
        return found

    def change_service(self, **values: Any) -> None:
        self.client("ecs").update_service(**SERVICE, **values)

    def enable_insights(self) -> None:
        settings = [{"name": "containerInsights", "value": "enabled"}]
        self.client("ecs").update_cluster_settings(cluster="shop", settings=settings)

    def tag_service(self, **tags: str) -> None:
        listed = [{"key": key, "value": value} for key, value in tags.items()]
        self.client("ecs").tag_resource(resourceArn=self.service().arn, tags=listed)

    def limit(self, least: int, most: int) -> None:
        scaling = self.client("application-autoscaling")
        scaling.register_scalable_target(**LIMITS, MinCapacity=least, MaxCapacity=most)

    def scale_by_cpu(self, target: float) -> None:
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        self.client("application-autoscaling").put_scaling_policy(
            **LIMITS, PolicyName="cpu", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": target, "PredefinedMetricSpecification": metric},
        )  # fmt: skip

    def listener_before_service(self) -> tuple[str, list[str]]:
        """Create a listener that forwards to the service `web-api`. Return its ARN, and two target groups."""
        elb, vpc = self.client("elbv2"), self.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        balancer = elb.create_load_balancer(Name="web", Subnets=self.subnets())["LoadBalancers"][0]["LoadBalancerArn"]
        groups = []
        for name in ("web-api", "other"):
            made = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
            groups.append(made["TargetGroups"][0]["TargetGroupArn"])
        listener = elb.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward(groups[0])]
        )["Listeners"][0]["ListenerArn"]
        placement = {"subnets": self.subnets(), "assignPublicIp": "ENABLED"}
        self.client("ecs").create_service(
            cluster="shop", serviceName="web-api", taskDefinition="web-front:1", desiredCount=1, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": placement},
            loadBalancers=[{"targetGroupArn": groups[0], "containerName": "web", "containerPort": 80}],
        )  # fmt: skip
        self.sandbox.step(200)
        return listener, groups

    def modify_listener(self, listener: str, group: str) -> None:
        self.client("elbv2").modify_listener(ListenerArn=listener, DefaultActions=[forward(group)])

    def described(self, name: str = "web-front") -> dict[str, Any]:
        found: dict[str, Any] = self.client("ecs").describe_services(cluster="shop", services=[name])["services"][0]
        return found


def forward(group: str) -> dict[str, str]:
    return {"Type": "forward", "TargetGroupArn": group}


def recorded() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=EXTERNAL).order_by("seq"))
