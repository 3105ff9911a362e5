"""What a bench run finds: figures beside the bound or the peer that was measured in the same run."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """`bound` is what the value is measured against, in the same unit; the goal then is one for their ratio.

    Without a goal the figure is only told.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    at: Literal["most", "least"] = "most"
    bound: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.bound if self.bound else None

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        judged = self.value if self.ratio is None else self.ratio
        return judged <= self.goal if self.at == "most" else judged >= self.goal

    @property
    def goal_words(self) -> str:
        if self.goal is None:
            return ""
        sign = "<=" if self.at == "most" else ">="
        return f"{sign} {self.goal:g}{' x' if self.bound else ' ' + self.unit}"

    def line(self) -> str:
        parts = [f"{self.name:<58} {self.value:>10,.4g} {self.unit:<9}"]
        if self.bound:
            parts.append(f"bound {self.bound:,.4g}, ratio {self.ratio:.3g}")
        if self.goal is not None:
            parts.append(f"goal {self.goal_words}: {'met' if self.met else 'MISSED'}")
        return "  ".join(parts).rstrip()

    def plain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal_words,
            "ratio": self.ratio,
            "met": self.met,
        }


def machine() -> str:
    """One line about where the figures come from."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def peak_mib(pid: int | str = "self") -> float:
    """The most memory that a process has had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the memory of a process")


def write(path: Path, found: Iterable[Figure]) -> None:
    path.write_text(json.dumps([figure.plain() for figure in found], indent=2) + "\n")


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0..1) of the values lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
