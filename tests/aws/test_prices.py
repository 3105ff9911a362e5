"""Estimated costs: prices of the region, with currency and date, or a note that they are unknown."""

import boto3
import pytest

from ecsdash.aws.prices import (
    DATA,
    INSTANCE_TYPES,
    Estimate,
    difference,
    fargate_monthly,
    instance_basis,
    instance_hourly,
    instances_monthly,
    load_balancer_monthly,
    total,
)

SESSION = boto3.Session()
PARTITIONS = SESSION.get_available_partitions()
ECS_REGIONS = {region for name in PARTITIONS for region in SESSION.get_available_regions("ecs", name)}
USD_REGIONS = sorted(set(SESSION.get_available_regions("ecs")) | {"us-gov-east-1", "us-gov-west-1"})


def test_every_region_that_ecs_has_is_in_the_list_or_said_to_be_unknown() -> None:
    assert set(DATA["regions"]) | set(DATA["unknown"]) == ECS_REGIONS
    assert all(DATA["unknown"].values())


@pytest.mark.parametrize("region", USD_REGIONS)
def test_every_region_paid_in_dollars_has_plausible_prices_of_fargate_and_instances(region: str) -> None:
    x86, arm = fargate_monthly(region, 1024, 2048), fargate_monthly(region, 1024, 2048, platform="arm64")
    assert x86.amount is not None
    assert arm.amount is not None
    assert 20 < arm.amount < x86.amount < 80
    assert x86.currency == "USD"
    assert 0.009 < (instance_hourly(region, "t3.micro") or 0) < 0.02


@pytest.mark.parametrize("region", sorted(DATA["regions"]))
def test_every_block_of_prices_names_a_source_with_a_date(region: str) -> None:
    blocks = [block for block in DATA["regions"][region].values() if isinstance(block, dict)]
    assert blocks
    assert all(
        DATA["sources"][block["source"]]["date"] and DATA["sources"][block["source"]]["text"] for block in blocks
    )


@pytest.mark.parametrize("region", sorted(DATA["regions"]))
def test_larger_instances_of_a_family_cost_more(region: str) -> None:
    for family in {name.partition(".")[0] for name in INSTANCE_TYPES}:
        prices = [instance_hourly(region, name) for name in INSTANCE_TYPES if name.startswith(f"{family}.")]
        known = [price for price in prices if price is not None]
        assert known == sorted(set(known))


@pytest.mark.parametrize(
    ("region", "vcpu", "gigabyte"),
    [
        ("us-east-1", 0.04048, 0.004445),
        ("eu-central-1", 0.04656, 0.00511),
        ("ap-south-1", 0.04256, 0.004655),
        ("sa-east-1", 0.0696, 0.0076),
        ("af-south-1", 0.0546, 0.006),
    ],
)
def test_fargate_costs_its_cpu_and_memory_at_the_prices_of_the_region(
    region: str, vcpu: float, gigabyte: float
) -> None:
    estimate = fargate_monthly(region, 1024, 2048)
    assert estimate.amount == pytest.approx((vcpu + 2 * gigabyte) * 730, abs=0.01)
    assert (estimate.region, estimate.date) == (region, "2025-10-27")


def test_spot_costs_less() -> None:
    spot, full = (fargate_monthly("eu-central-1", 256, 512, 4, spot=spot) for spot in (True, False))
    assert spot.amount == pytest.approx(0.3 * (full.amount or 0), abs=0.01)


def test_windows_costs_more_than_linux() -> None:
    windows = fargate_monthly("eu-central-1", 1024, 2048, platform="windows")
    assert windows.amount == pytest.approx((0.053544 + 0.046 + 2 * 0.0058765) * 730, abs=0.01)


def test_only_storage_above_twenty_gigabytes_is_paid_for() -> None:
    plain, more = (fargate_monthly("eu-central-1", 256, 512, storage=size).amount for size in (20, 120))
    assert more == pytest.approx((plain or 0) + 100 * 0.000132 * 730, abs=0.01)


def test_instances_cost_their_hours_and_disks() -> None:
    estimate = instances_monthly("eu-central-1", "t3.medium", 2, disk=50)
    assert estimate.amount == pytest.approx(2 * (0.048 * 730 + 50 * 0.0952), abs=0.01)
    assert estimate.date == "2024-07-18"


def test_china_is_paid_in_yuan_and_never_at_the_prices_of_another_region() -> None:
    assert instance_hourly("cn-north-1", "t3.medium") == pytest.approx(0.2629)
    assert load_balancer_monthly("cn-northwest-1").words == "about 113.88 CNY a month more"
    assert fargate_monthly("cn-north-1", 256, 512) == Estimate(None, "CNY", "cn-north-1", missing=("Fargate",))


def test_what_is_not_known_is_said() -> None:
    assert fargate_monthly("us-iso-east-1", 256, 512).words == (
        "not known for us-iso-east-1 (no list price of Fargate)"
    )
    assert instances_monthly("eu-central-1", "x9.huge", 1).missing == ("x9.huge",)
    assert instances_monthly("mx-central-1", "t3.micro", 1).missing == ("gp3 volumes",)
    assert instance_basis("us-iso-east-1") == "No list prices of EC2 instances in us-iso-east-1 are known."


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    both = fargate_monthly("eu-north-1", 256, 512) + load_balancer_monthly("eu-north-1")
    assert both.amount is None
    assert both.missing == ("load balancers",)


def test_a_sum_is_as_old_as_its_oldest_price() -> None:
    both = total([fargate_monthly("us-east-1", 256, 512), load_balancer_monthly("us-east-1")])
    assert both is not None
    assert both.amount == pytest.approx(9.01 + 16.42, abs=0.02)
    assert both.date == "2025-10-27"
    assert total([]) is None


def test_prices_of_two_regions_are_not_added() -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        fargate_monthly("us-east-1", 256, 512) + fargate_monthly("us-east-2", 256, 512)


def test_an_estimate_is_said_with_its_region_and_date() -> None:
    estimate = fargate_monthly("eu-central-1", 256, 512)
    assert estimate.words == "about 10.36 USD a month more"
    assert (-estimate).words == "about 10.36 USD a month less"
    assert estimate.basis == "on-demand list prices of eu-central-1, 2025-10-27, round the clock"


def test_a_replacement_says_the_bill_before_and_after() -> None:
    change = difference(fargate_monthly("eu-central-1", 256, 512), fargate_monthly("eu-central-1", 512, 1024))
    assert change.words == "about 10.36 USD a month more (10.36 now, 20.72 then)"


def test_stored_plans_with_a_plain_number_are_read() -> None:
    old = Estimate.from_json(12.4)
    assert old == Estimate(12.4, "USD", "us-east-1")
    assert old is not None
    assert old.basis == "on-demand list prices of us-east-1, round the clock"
    assert Estimate.from_json(None) is None
