"""Estimated monthly costs: on-demand list prices of each region, round the clock, from prices.json.

The data file names the source and date of every block of prices. A price that is missing for a region is unknown,
and the estimate says so; prices of other regions are not used instead.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

HOURS_PER_MONTH: Final = 730
#: GiB of ephemeral storage that every Fargate task has at no charge.
FREE_STORAGE: Final = 20

DATA: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("prices.json").read_text())
#: The EC2 instance types that forms offer, if the region has them.
INSTANCE_TYPES: Final[tuple[str, ...]] = tuple(DATA["instance_types"])


@dataclass(frozen=True)
class Estimate:
    """An estimated change of the monthly bill in one region.

    `amount` is None when a price is not known; `missing` then says of what. `date` is that of the oldest price used,
    "" when there is none. `before` and `after` are the bills of what a change replaces and of what replaces it.
    """

    amount: float | None
    currency: str
    region: str
    date: str = ""
    missing: tuple[str, ...] = ()
    before: float | None = None
    after: float | None = None

    def __add__(self, other: "Estimate") -> "Estimate":
        if self.region != other.region:
            raise ValueError(f"Prices of {self.region} and {other.region} cannot be added.")
        known = self.amount is not None and other.amount is not None
        return Estimate(
            amount=round((self.amount or 0) + (other.amount or 0), 2) if known else None,
            currency=self.currency,
            region=self.region,
            date=_oldest([self.date, other.date]),
            missing=tuple(dict.fromkeys((*self.missing, *other.missing))),
        )

    def __neg__(self) -> "Estimate":
        return replace(self, amount=None if self.amount is None else -self.amount)

    @property
    def words(self) -> str:
        """The amount as shown on pages: "about 12.40 USD a month more"."""
        if self.amount is None:
            return f"not known for {self.region} (no list price of {' and '.join(self.missing)})"
        if not self.amount:
            return "no change"
        text = f"about {abs(self.amount):.2f} {self.currency} a month {'more' if self.amount > 0 else 'less'}"
        if self.before is None or self.after is None:
            return text
        return f"{text} ({self.before:.2f} now, {self.after:.2f} then)"

    @property
    def basis(self) -> str:
        """The prices used: "on-demand list prices of eu-central-1, 2025-10-27, round the clock"."""
        return ", ".join(
            part for part in (f"on-demand list prices of {self.region}", self.date, "round the clock") if part
        )

    @classmethod
    def from_json(cls, value: Any) -> "Estimate | None":
        """Return the estimate of a stored plan. Older plans hold a number: US dollars in us-east-1."""
        if value is None:
            return None
        if isinstance(value, Mapping):
            return cls(**{**value, "missing": tuple(value["missing"])})
        return cls(float(value), "USD", "us-east-1")


def fargate_monthly(
    region: str,
    cpu: int,
    memory: int,
    count: int = 1,
    *,
    platform: str = "x86_64",
    spot: bool = False,
    storage: int = 0,
) -> Estimate:
    """Return the cost of `count` tasks (negative: a saving) with `cpu` units, `memory` MiB and `storage` GiB each.

    `platform` is x86_64, arm64 or windows. Fargate Spot prices vary; a fixed share of the price is assumed.
    """
    prices = _prices(region, "fargate")
    rates = prices.get(platform)
    if rates is None:
        return _unknown(region, "Fargate" if not prices else f"Fargate on {platform}")
    hourly = cpu / 1024 * rates["vcpu"] + memory / 1024 * rates["gb"]
    hourly *= float(DATA["fargate_spot_share"]["share"]) if spot else 1
    hourly += max(0, storage - FREE_STORAGE) * prices["storage_gb"]
    return _estimate(region, count * hourly * HOURS_PER_MONTH, [prices["date"]])


def instance_hourly(region: str, instance_type: str) -> float | None:
    """Return the hourly price of one Linux instance, None if unknown."""
    price: float | None = _prices(region, "ec2").get("hourly", {}).get(instance_type)
    return price


def instance_basis(region: str) -> str:
    """Return a sentence that names the source of the prices of instance_hourly."""
    date = _prices(region, "ec2").get("date")
    if not date:
        return f"No list prices of EC2 instances in {region} are known."
    return f"Prices: on-demand Linux list prices of {region}, {date}."


def instances_monthly(region: str, instance_type: str, count: int, disk: int = 30) -> Estimate:
    """Return the cost of `count` Linux instances with one gp3 volume of `disk` GiB each."""
    hourly, volumes = instance_hourly(region, instance_type), _prices(region, "ebs")
    missing = [name for name, price in ((instance_type, hourly), ("gp3 volumes", volumes)) if not price]
    if hourly is None or missing:
        return _unknown(region, *missing)
    each = hourly * HOURS_PER_MONTH + disk * volumes["gp3_gb_month"]
    return _estimate(region, count * each, [_prices(region, "ec2")["date"], volumes["date"]])


def price_date(region: str) -> str:
    """Return the date of the oldest prices of tasks and instances in a region, "" if none are known."""
    return _oldest([_prices(region, kind).get("date", "") for kind in ("fargate", "ec2")])


def load_balancer_monthly(region: str) -> Estimate:
    """Return the cost of one Application Load Balancer without traffic."""
    prices = _prices(region, "load_balancer")
    if not prices:
        return _unknown(region, "load balancers")
    return _estimate(region, prices["hourly"] * HOURS_PER_MONTH, [prices["date"]])


def total(estimates: Iterable[Estimate]) -> Estimate | None:
    """Return the sum of the estimates, None when there are none."""
    result: Estimate | None = None
    for each in estimates:
        result = each if result is None else result + each
    return result


def difference(before: Estimate, after: Estimate) -> Estimate:
    """Return the change of the bill when `after` replaces `before`."""
    return replace(-before + after, before=before.amount, after=after.amount)


def currency(region: str) -> str:
    return str(DATA["regions"].get(region, {}).get("currency", "USD"))


def _prices(region: str, kind: str) -> dict[str, Any]:
    """Return one block of the data file with the date of its source, empty when the region has none."""
    block: dict[str, Any] = DATA["regions"].get(region, {}).get(kind, {})
    return {**block, "date": DATA["sources"][block["source"]]["date"]} if block else {}


def _estimate(region: str, amount: float, dates: list[str]) -> Estimate:
    return Estimate(round(amount, 2), currency(region), region, _oldest(dates))


def _unknown(region: str, *missing: str) -> Estimate:
    return Estimate(None, currency(region), region, missing=missing)


def _oldest(dates: list[str]) -> str:
    return min((date for date in dates if date), default="")
