"""Figures, the results of a bench run."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """`bound` is a reference value in the same unit, such as a theoretical minimum; the goal is then one for the ratio
    of value to bound. `at` says whether the goal is a maximum or a minimum.
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
        measured = self.value if self.ratio is None else self.ratio
        return measured <= self.goal if self.at == "most" else measured >= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        sign = "<=" if self.at == "most" else ">="
        return f"{sign} {self.goal:g}{' x' if self.bound else ' ' + self.unit}"

    def line(self) -> str:
        parts = [f"{self.name:<58} {self.value:>10,.4g} {self.unit:<9}"]
        if self.bound:
            parts.append(f"bound {self.bound:,.4g}, ratio {self.ratio:.3g}")
        if self.goal is not None:
            parts.append(f"goal {self.goal_text}: {'met' if self.met else 'MISSED'}")
        return "  ".join(parts).rstrip()

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal_text,
            "ratio": self.ratio,
            "met": self.met,
        }


def machine() -> str:
    """Return a one-line description of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def peak_mib(pid: int | str = "self") -> float:
    """Return the peak memory of a process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not provide the peak memory of a process")


def write(path: Path, figures: Iterable[Figure]) -> None:
    path.write_text(json.dumps([figure.as_dict() for figure in figures], indent=2) + "\n")


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which `share` (0..1) of the values are; 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
