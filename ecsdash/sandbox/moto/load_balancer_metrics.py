"""CloudWatch metrics of load balancers once a minute: requests in a daily curve, healthy hosts, errors."""

import math
from collections.abc import Iterator
from random import Random

from moto.elbv2.models import FakeLoadBalancer, elbv2_backends

from ecsdash.sandbox.ecs.aws_services import Metric
from ecsdash.sandbox.moto.adapters import MotoAdapters
from ecsdash.sandbox.moto.adapters.load_balancing import target_group
from ecsdash.sandbox.moto.models.load_balancing import SandboxTargetGroup
from ecsdash.sandbox.scope import Scope

MINUTE = 60.0
REQUESTS = 900
SAMPLES = 5  # of the response time, for percentiles
NAMESPACE = "AWS/ApplicationELB"
_DAY = 86_400.0
_COUNT = "Count"


class LoadBalancerMetrics:
    def __init__(self, aws: MotoAdapters, *, seed: int = 0) -> None:
        self._aws = aws
        self._rng = Random(seed)  # noqa: S311 the same seed gives the same history
        self._next = 0.0

    def advance(self, now: float) -> None:
        if now < self._next:
            return
        self._next = now // MINUTE * MINUTE + MINUTE
        at = now // MINUTE * MINUTE
        for account, regions in list(elbv2_backends.items()):
            for region, backend in list(regions.items()):
                scope = Scope(account, region)
                for balancer in backend.load_balancers.values():
                    metrics = [
                        metric for group in _groups(scope, balancer) for metric in self._count(balancer, group, at)
                    ]
                    self._aws.put_metrics(scope, NAMESPACE, metrics, at)

    def _count(self, balancer: FakeLoadBalancer, group: SandboxTargetGroup, at: float) -> list[Metric]:
        requests = round(_wave(balancer.name, at) * REQUESTS * self._rng.uniform(0.95, 1.05))
        states = [group.state_of(target) for target in group.current()]
        healthy = states.count("healthy")
        alone = (("TargetGroup", group.arn.rpartition(":")[2]),)
        both = (*alone, ("LoadBalancer", balancer.arn.partition(":loadbalancer/")[2]))
        hosts = [
            Metric("HealthyHostCount", both, healthy, _COUNT),
            Metric("UnHealthyHostCount", both, states.count("unhealthy"), _COUNT),
            Metric("RequestCount", both, requests, _COUNT),
        ]
        wrong = round(requests * self._rng.uniform(0, 0.01))
        if not healthy:
            return [*hosts, Metric("HTTPCode_ELB_5XX_Count", both[1:], requests, _COUNT)]
        return [
            *hosts,
            Metric("RequestCountPerTarget", alone, requests / healthy, _COUNT),
            *(Metric("TargetResponseTime", both, self._seconds(), "Seconds") for _ in range(SAMPLES)),
            Metric("HTTPCode_Target_2XX_Count", both, requests - wrong, _COUNT),
            Metric("HTTPCode_Target_4XX_Count", both, wrong, _COUNT),
        ]

    def _seconds(self) -> float:
        return self._rng.lognormvariate(-3.3, 0.5)


def _wave(name: str, at: float) -> float:
    phase = sum(name.encode()) % 24 / 24
    return 1 + 0.5 * math.sin(2 * math.pi * (at / _DAY + phase))


def _groups(scope: Scope, balancer: FakeLoadBalancer) -> Iterator[SandboxTargetGroup]:
    groups = elbv2_backends[scope.account][scope.region].target_groups.values()
    for each in groups:
        if balancer.arn in each.load_balancer_arns and (found := target_group(scope, each.arn)):
            yield found
