"""Time line of something that goes through stages: a picture, and a list of the stages. `{% timeline %}` draws it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ecsdash.web.formatting import elapsed
from ecsdash.web.tone import Tone

#: Least width of a span, in percent of the picture, so that short ones are seen beside long ones.
NARROWEST: Final = 2.5
#: Width of a span whose time is not known, as a share of all that is known.
UNKNOWN: Final = 0.12
#: Least width of a stage that has room for its number.
NUMBERED: Final = 3.5
#: Height of the picture, in pixels.
HEIGHT: Final = 40


class SpanKind(StrEnum):
    WORK = "work"
    BAKE = "bake"
    PAUSE = "pause"


class StageState(StrEnum):
    """`REACHED` is the last stage of what ended there; the stages behind it are `NOT_REACHED`."""

    PLANNED = ""
    DONE = "done"
    CURRENT = "current"
    REACHED = "reached"
    TO_COME = "to-come"
    NOT_REACHED = "not-reached"

    @property
    def tone(self) -> Tone:
        tones = {StageState.DONE: Tone.OK, StageState.CURRENT: Tone.PROGRESS, StageState.REACHED: Tone.WARN}
        return tones.get(self, Tone.IDLE)

    @property
    def words(self) -> str:
        return "ended here" if self is StageState.REACHED else self.value.replace("-", " ")


@dataclass(frozen=True)
class Span:
    """A time in which the new part has a `share`, in percent. `seconds` None: not known before."""

    share: float
    seconds: float | None
    kind: SpanKind = SpanKind.WORK


@dataclass(frozen=True)
class Stage:
    """`name` is the one of the API; `at` is when it was reached."""

    name: str
    label: str
    details: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    state: StageState = StageState.PLANNED
    at: datetime | None = None

    @property
    def time(self) -> str:
        """Return how long the stage takes, in words; empty if nothing of it is known."""
        known = sum(span.seconds or 0 for span in self.spans)
        return elapsed(known) if known else ""


@dataclass(frozen=True)
class Bar:
    """A span as it is drawn: position and width in percent of the picture."""

    x: float
    width: float
    share: float
    kind: SpanKind
    state: StageState
    title: str

    @property
    def height(self) -> float:
        """Return the height of the share of the new part, in pixels."""
        return round(HEIGHT * self.share / 100, 1)

    @property
    def y(self) -> float:
        return round(HEIGHT - self.height, 1)


@dataclass(frozen=True)
class Label:
    x: float
    number: int


@dataclass(frozen=True)
class Timeline:
    """`measure` names what the height of the picture is a share of; `more` are sentences behind the total time."""

    stages: tuple[Stage, ...]
    measure: str
    more: tuple[str, ...] = ()

    @property
    def total(self) -> str:
        """Return the least time of all stages, in words."""
        spans = [span for stage in self.stages for span in stage.spans]
        known = sum(span.seconds or 0 for span in spans)
        bake = sum(span.seconds or 0 for span in spans if span.kind is SpanKind.BAKE)
        if not known:
            return "How long it takes is not known."
        of_it = ", all of it bake time" if bake == known else f", of which {elapsed(bake)} bake time" if bake else ""
        return f"At least {elapsed(known)}{of_it}."

    @property
    def words(self) -> str:
        """Return the total time and what else is to be known of it."""
        return " ".join((self.total, *self.more))

    @property
    def ended(self) -> bool:
        ends = (StageState.DONE, StageState.REACHED, StageState.NOT_REACHED)
        return all(stage.state in ends for stage in self.stages)

    @property
    def bakes(self) -> bool:
        return self._has(SpanKind.BAKE)

    @property
    def pauses(self) -> bool:
        return self._has(SpanKind.PAUSE)

    def _has(self, kind: SpanKind) -> bool:
        return any(span.kind is kind for stage in self.stages for span in stage.spans)

    @property
    def bars(self) -> list[Bar]:
        return [bar for bars in self._drawn() for bar in bars]

    @property
    def labels(self) -> list[Label]:
        """Return the numbers of the stages that are wide enough for one, each at the middle of its stage."""
        places = ((bars[0].x, sum(bar.width for bar in bars), n) for n, bars in enumerate(self._drawn(), 1) if bars)
        return [Label(round(x + width / 2, 2), number) for x, width, number in places if width >= NUMBERED]

    def _drawn(self) -> Iterator[list[Bar]]:
        """Yield the bars of each stage."""
        widths, x = iter(_widths([span for stage in self.stages for span in stage.spans])), 0.0
        for stage in self.stages:
            bars = []
            for span in stage.spans:
                width = next(widths)
                bars.append(Bar(round(x, 2), round(width, 2), span.share, span.kind, stage.state, _title(stage, span)))
                x += width
            yield bars

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Timeline | None":
        """Return the time line that `asdict` made JSON of. Stages of plans have no times and states."""
        if data is None:
            return None
        return cls(tuple(_stage(each) for each in data["stages"]), data["measure"], tuple(data["more"]))


def marked(line: Timeline, current: int, last: StageState, times: Mapping[str, datetime]) -> Timeline:
    """Return the time line of what has come to the stage at index `current`, which is in the state `last`."""

    behind = StageState.TO_COME if last is StageState.CURRENT else StageState.NOT_REACHED

    def state(index: int) -> StageState:
        return last if index == current else StageState.DONE if index < current else behind

    stages = [replace(each, state=state(n), at=times.get(each.name)) for n, each in enumerate(line.stages)]
    return replace(line, stages=tuple(stages))


def _widths(spans: Sequence[Span]) -> list[float]:
    """Return the widths of the spans in percent. They follow the seconds, but each is wide enough to be seen."""
    known = sum(span.seconds or 0 for span in spans) or 1.0
    raw = [known * UNKNOWN if span.seconds is None else span.seconds for span in spans]
    least = min(NARROWEST, 100 / max(1, len(spans))) / 100 * sum(raw)
    shown = [max(least, each) for each in raw]
    return [100 * each / (sum(shown) or 1) for each in shown]


def _title(stage: Stage, span: Span) -> str:
    time = elapsed(span.seconds) if span.seconds else ""
    kind = {SpanKind.BAKE: "bake time", SpanKind.PAUSE: "pause"}.get(span.kind, "")
    return ", ".join(part for part in (stage.label, f"{span.share:g} % new", f"{kind} {time}".strip()) if part)


def _stage(data: Mapping[str, Any]) -> Stage:
    spans = tuple(Span(each["share"], each["seconds"], SpanKind(each["kind"])) for each in data["spans"])
    return Stage(data["name"], data["label"], tuple(data["details"]), spans)
