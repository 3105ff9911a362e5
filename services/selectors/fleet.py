"""Health of all services by cluster: a square per service, or a bar per cluster in a large fleet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.db.models import Count, QuerySet

from ecsdash.web.cached_reverse import address
from ecsdash.web.tone import Tone
from services.models import Service
from services.statuses import TROUBLED, ServiceHealth

SQUARES = 300  # maximum number of services shown as squares
BARS = 40  # maximum number of clusters shown in a larger fleet
COLUMNS = ("account__alias", "region", "cluster_name")
#: Labels of the tones in order of severity.
TONES = {
    Tone.BAD: "failing",
    Tone.WARN: "degraded or stuck",
    Tone.PROGRESS: "deploying or scaling",
    Tone.OK: "steady",
    Tone.IDLE: "scaled to zero",
}


@dataclass(frozen=True)
class Square:
    name: str
    health: str
    tone: Tone
    tasks: str
    url: str


@dataclass(frozen=True)
class Segment:
    """One part of a bar; `start` and `width` in percent."""

    tone: Tone
    number: int
    start: float
    width: float

    @property
    def words(self) -> str:
        return f"{self.number} {TONES[self.tone]}"


@dataclass(frozen=True)
class ClusterHealth:
    """One cluster with its squares, or with its bar in a large fleet."""

    account: str
    region: str
    name: str
    url: str
    number: int
    squares: Sequence[Square] = ()
    segments: Sequence[Segment] = ()

    @property
    def words(self) -> str:
        return ", ".join(segment.words for segment in self.segments)


@dataclass(frozen=True)
class Fleet:
    """Health of a fleet. `healths` counts services by health; `more` is the number of clusters not shown."""

    healths: dict[str, int]
    clusters: Sequence[ClusterHealth]
    more: int = 0

    @property
    def number(self) -> int:
        return sum(self.healths.values())

    @property
    def steady(self) -> int:
        return self.healths.get(ServiceHealth.STEADY, 0)

    @property
    def deploying(self) -> int:
        return self.healths.get(ServiceHealth.DEPLOYING, 0) + self.healths.get(ServiceHealth.SCALING, 0)

    @property
    def troubled(self) -> int:
        return sum(self.healths.get(health, 0) for health in TROUBLED)

    @property
    def legend(self) -> list[tuple[Tone, str]]:
        """Return the present tones with their labels."""
        numbers = _by_tone(self.healths)
        return [(tone, f"{numbers[tone]} {words}") for tone, words in TONES.items() if numbers.get(tone)]


def fleet(services: QuerySet[Service]) -> Fleet:
    """Return the health of these services: one query counts them, a second one reads the squares of a small fleet."""
    counted = services.order_by().values_list(*COLUMNS, "health").annotate(number=Count("pk"))
    by_cluster: dict[tuple[str, str, str], dict[str, int]] = {}
    healths: dict[str, int] = {}
    for account, region, cluster, health, number in counted:
        by_cluster.setdefault((account, region, cluster), {})[health] = number
        healths[health] = healths.get(health, 0) + number
    if sum(healths.values()) <= SQUARES:
        return Fleet(healths, _with_squares(services))
    bars = sorted((_bar(*place, numbers) for place, numbers in by_cluster.items()), key=_worst_first)
    return Fleet(healths, bars[:BARS], max(0, len(bars) - BARS))


def _with_squares(services: QuerySet[Service]) -> list[ClusterHealth]:
    names = (*COLUMNS, "name", "health", "running_count", "desired_count")
    rows = cast(Iterable[tuple[Any, ...]], services.order_by(*COLUMNS, "name").values_list(*names))
    found = []
    for (account, region, cluster), own in groupby(rows, key=lambda row: row[:3]):
        squares = [_square(*row) for row in own]
        url = _cluster_url(account, region, cluster)
        found.append(ClusterHealth(account, region, cluster, url, len(squares), squares=squares))
    return found


def _square(account: str, region: str, cluster: str, name: str, health: str, running: int, desired: int) -> Square:
    url = address("services:service", account=account, region=region, cluster=cluster, service=name)
    return Square(name, health, ServiceHealth(health).tone, f"{running} of {desired} tasks", url)


def _bar(account: str, region: str, cluster: str, healths: dict[str, int]) -> ClusterHealth:
    total, start, segments = sum(healths.values()), 0.0, []
    numbers = _by_tone(healths)
    for tone in TONES:
        if number := numbers.get(tone, 0):
            width = 100 * number / total
            segments.append(Segment(tone, number, round(start, 2), round(width, 2)))
            start += width
    return ClusterHealth(account, region, cluster, _cluster_url(account, region, cluster), total, segments=segments)


def _worst_first(cluster: ClusterHealth) -> tuple[Any, ...]:
    numbers = {segment.tone: segment.number for segment in cluster.segments}
    return (-numbers.get(Tone.BAD, 0), -numbers.get(Tone.WARN, 0), cluster.account, cluster.region, cluster.name)


def _by_tone(healths: dict[str, int]) -> dict[Tone, int]:
    numbers: dict[Tone, int] = {}
    for health, number in healths.items():
        tone = ServiceHealth(health).tone
        numbers[tone] = numbers.get(tone, 0) + number
    return numbers


def _cluster_url(account: str, region: str, cluster: str) -> str:
    return address("services:cluster_services", account=account, region=region, cluster=cluster)
