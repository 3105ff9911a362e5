import pytest

from clusters import costs


def test_instances_cost_their_hours_and_their_disks() -> None:
    assert costs.instances_monthly("t3.medium", 2, disk_gib=50) == pytest.approx(2 * (0.0416 * 730 + 4), abs=0.01)


def test_a_type_without_a_known_price_has_no_estimate() -> None:
    assert costs.instances_monthly("x9.huge", 1) is None


def test_fargate_costs_its_cpu_and_memory() -> None:
    assert costs.fargate_monthly(1024, 2048) == pytest.approx((0.04048 + 2 * 0.004445) * 730, abs=0.01)


def test_spot_costs_less() -> None:
    assert costs.fargate_monthly(256, 512, 4, spot=True) < costs.fargate_monthly(256, 512, 4)
