"""Estimated monthly costs from on-demand list prices, in US dollars, round the clock.

EC2: Linux, us-east-1. Fargate: Linux on x86, us-east-1. EBS: gp3. Prices in other regions differ by up to a third; an
estimate says so. Sources: AWS's public price pages for EC2 on-demand, Fargate and EBS.
"""

from typing import Final

HOURS_PER_MONTH: Final = 730

#: Instance type -> US dollars an hour. Also the list of types that forms offer.
EC2_HOURLY: Final[dict[str, float]] = {
    "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664,
    "t3.2xlarge": 0.3328,
    "t3a.small": 0.0188, "t3a.medium": 0.0376, "t3a.large": 0.0752,
    "t4g.micro": 0.0084, "t4g.small": 0.0168, "t4g.medium": 0.0336, "t4g.large": 0.0672, "t4g.xlarge": 0.1344,
    "m5.large": 0.096, "m5.xlarge": 0.192, "m5.2xlarge": 0.384, "m5.4xlarge": 0.768,
    "m6i.large": 0.096, "m6i.xlarge": 0.192, "m6i.2xlarge": 0.384, "m6i.4xlarge": 0.768,
    "m6g.large": 0.077, "m6g.xlarge": 0.154, "m6g.2xlarge": 0.308,
    "m7g.large": 0.0816, "m7g.xlarge": 0.1632, "m7g.2xlarge": 0.3264,
    "c5.large": 0.085, "c5.xlarge": 0.17, "c5.2xlarge": 0.34, "c5.4xlarge": 0.68,
    "c6i.large": 0.085, "c6i.xlarge": 0.17, "c6i.2xlarge": 0.34,
    "c6g.large": 0.068, "c6g.xlarge": 0.136, "c7g.large": 0.0725, "c7g.xlarge": 0.145,
    "r5.large": 0.126, "r5.xlarge": 0.252, "r6i.large": 0.126, "r6i.xlarge": 0.252, "r6g.large": 0.1008,
}  # fmt: skip

FARGATE_VCPU_HOURLY: Final = 0.04048
FARGATE_GIB_HOURLY: Final = 0.004445
FARGATE_SPOT_SHARE: Final = 0.3  # Spot costs about 70 % less; its price moves
EBS_GIB_MONTHLY: Final = 0.08
LOAD_BALANCER_HOURLY: Final = 0.0225


def instances_monthly(instance_type: str, count: int, disk_gib: int = 30) -> float | None:
    """Of `count` instances with one disk each; None for a type without a known price."""
    hourly = EC2_HOURLY.get(instance_type)
    if hourly is None:
        return None
    return round(count * (hourly * HOURS_PER_MONTH + disk_gib * EBS_GIB_MONTHLY), 2)


def fargate_monthly(cpu: int, memory: int, count: int = 1, *, spot: bool = False) -> float:
    """Of `count` tasks with `cpu` units and `memory` MiB each."""
    hourly = cpu / 1024 * FARGATE_VCPU_HOURLY + memory / 1024 * FARGATE_GIB_HOURLY
    return round(count * hourly * HOURS_PER_MONTH * (FARGATE_SPOT_SHARE if spot else 1), 2)


def load_balancer_monthly() -> float:
    """Of one application load balancer without traffic."""
    return round(LOAD_BALANCER_HOURLY * HOURS_PER_MONTH, 2)
