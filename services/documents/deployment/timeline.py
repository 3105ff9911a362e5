"""Time line of a deployment, from the deployment configuration and the number of tasks."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ecsdash.web.formatting import counted, elapsed
from ecsdash.web.timeline import Span, SpanKind, Stage, Timeline
from services.documents.deployment.stages import STAGES, hook_in_words, hooks_at, in_words

#: Least percentage of a linear step that ECS takes.
LEAST_STEP: Final = 3
#: Batches of a rolling deployment that are drawn.
MOST_BATCHES: Final = 60
TRAFFIC, TASKS = "Share of the traffic that the new tasks get", "Share of new tasks"


@dataclass(frozen=True)
class Rollout:
    """What a deployment starts from. `start_seconds` is how long earlier tasks took to start, None if not known;
    `tests`: there is a listener for test traffic."""

    configuration: Mapping[str, Any]
    running: int
    wanted: int
    start_seconds: float | None = None
    tests: bool = False

    @property
    def strategy(self) -> str:
        return str(self.configuration.get("strategy") or "ROLLING")

    @property
    def limits(self) -> tuple[int, int]:
        """Return how many tasks run at least and at most during the deployment."""
        if self.strategy != "ROLLING":
            return min(self.running, self.wanted), self.running + self.wanted
        minimum = self.configuration.get("minimumHealthyPercent", 100)
        maximum = self.configuration.get("maximumPercent", 200)
        return math.ceil(self.wanted * minimum / 100), math.floor(self.wanted * maximum / 100)


def timeline(rollout: Rollout) -> Timeline:
    """Return the stages of the deployment with their times."""
    if rollout.strategy == "ROLLING":
        return Timeline(tuple(_rolling(rollout)), TASKS)
    stages = tuple(stage for name in STAGES if (stage := _stage(rollout, name)))
    line = Timeline(stages, TRAFFIC)
    return replace(line, more=("Pauses and functions add to it.",)) if line.pauses else line


def _stage(rollout: Rollout, name: str) -> Stage | None:
    """Return the stage with its own time and its hooks; None if nothing happens at it."""
    spans, details = OWN[name](rollout) if name in OWN else ((), ())
    hooks = hooks_at(rollout.configuration, name)
    if not spans and not hooks:
        return None
    share = spans[0].share if spans else 0.0 if STAGES.index(name) < STAGES.index("PRODUCTION_TRAFFIC_SHIFT") else 100.0
    waits = tuple(Span(share, None, SpanKind.PAUSE) for _ in hooks)
    return Stage(name, in_words(name), (*details, *map(hook_in_words, hooks)), (*spans[:1], *waits, *spans[1:]))


Own = tuple[tuple[Span, ...], tuple[str, ...]]


def _scale_up(rollout: Rollout) -> Own:
    words = f"Starts {counted(rollout.wanted, 'new task')}{_beside(rollout.running)}."
    return (Span(0.0, rollout.start_seconds),), (words,)


def _test_shift(rollout: Rollout) -> Own:
    if not rollout.tests:
        return (), ()
    return (Span(0.0, 0.0),), ("Shifts all test traffic to the new tasks.",)


def _production_shift(rollout: Rollout) -> Own:
    if rollout.strategy == "CANARY":
        part = rollout.configuration.get("canaryConfiguration", {})
        share, minutes = part.get("canaryPercent", 5), part.get("canaryBakeTimeInMinutes", 10)
        words = f"Shifts {share:g} % of the traffic, waits {elapsed(60.0 * minutes)}, then shifts the rest."
        return (Span(share, 60.0 * minutes, SpanKind.BAKE), Span(100.0, 0.0)), (words,)
    if rollout.strategy == "LINEAR":
        part = rollout.configuration.get("linearConfiguration", {})
        share = max(LEAST_STEP, part.get("stepPercent", 10))
        minutes, steps = part.get("stepBakeTimeInMinutes", 6), max(1, math.ceil(round(100 / share, 6)))
        waits = tuple(Span(share * (n + 1), 60.0 * minutes, SpanKind.BAKE) for n in range(steps - 1))
        words = f"Shifts {share:g} % of the traffic in each of {steps} steps, with {elapsed(60.0 * minutes)} between."
        return (*waits, Span(100.0, 0.0)), (words,)
    return (Span(100.0, 0.0),), ("Shifts all traffic at once.",)


def _bake(rollout: Rollout) -> Own:
    minutes = rollout.configuration.get("bakeTimeInMinutes", 0)
    words = "The old tasks keep running, so that a rollback shifts the traffic back at once."
    return ((Span(100.0, 60.0 * minutes, SpanKind.BAKE),), (words,)) if minutes else ((), ())


def _clean_up(rollout: Rollout) -> Own:
    old = f"Stops {counted(rollout.running, 'old task')}." if rollout.running else "There are no old tasks to stop."
    return (Span(100.0, None),), (old,)


OWN: Final = {
    "SCALE_UP": _scale_up,
    "TEST_TRAFFIC_SHIFT": _test_shift,
    "PRODUCTION_TRAFFIC_SHIFT": _production_shift,
    "BAKE_TIME": _bake,
    "CLEAN_UP": _clean_up,
}


def _rolling(rollout: Rollout) -> Iterator[Stage]:
    fewest, most = rollout.limits
    spans, first = _batches(rollout, fewest, most)
    between = f"Between {fewest} and {most} tasks run meanwhile."
    if spans:
        yield Stage("SCALE_UP", "Start new tasks", tuple(_replaced(rollout, spans, first, between)), spans)
    if rollout.running:
        words = f"Stops {counted(rollout.running, 'old task')} as new ones become healthy."
        yield Stage("CLEAN_UP", "Stop old tasks", (words,), (Span(100.0, None),))
    if rollout.configuration.get("alarms", {}).get("enable"):
        words = "Watches the CloudWatch alarms. ECS derives the time from them."
        yield Stage("BAKE_TIME", "Bake time", (words,), (Span(100.0, None, SpanKind.BAKE),))


def _replaced(rollout: Rollout, spans: tuple[Span, ...], first: int, between: str) -> Iterator[str]:
    if not rollout.running:
        yield f"Starts {counted(rollout.wanted, 'task')}."
        return
    batches = f" in {len(spans)} batches" if 1 < len(spans) < MOST_BATCHES else " in many batches" if spans[1:] else ""
    if first == rollout.wanted:
        yield f"Starts {counted(first, 'new task')}{_beside(rollout.running)}."
    elif first:
        yield f"Starts {counted(rollout.wanted, 'new task')}{batches}, the first {first}{_beside(rollout.running)}."
    else:
        yield f"Stops old tasks first, then starts {counted(rollout.wanted, 'new task')}{batches} in their place."
    yield between


def _batches(rollout: Rollout, fewest: int, most: int) -> tuple[tuple[Span, ...], int]:
    """Return a span for each batch of new tasks, and how many of them start before an old task stops."""
    old, new, first = rollout.running, 0, min(rollout.wanted, max(0, most - rollout.running))
    spans: list[Span] = []
    while new < rollout.wanted and len(spans) < MOST_BATCHES:
        start = min(rollout.wanted - new, max(0, most - old - new))
        if start:
            spans.append(Span(round(100 * new / (old + new), 1) if old + new else 0.0, rollout.start_seconds))
            new += start
        stop = min(old, max(0, old + new - fewest))
        if not start and not stop:
            break
        old -= stop
    return tuple(spans), first


def _beside(running: int) -> str:
    return f" beside the {running} that run" if running > 1 else " beside the one that runs" if running else ""
