"""Stored lines of log searches as pages show them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from ecsdash.masking.log_lines import record_of
from ecsdash.web.ansi import Styled, plain, styled
from ecsdash.web.tone import Tone
from services.models import LogSearch

SHOWN: Final = 500  # lines of a page
_TEXTS: Final = ("message", "msg", "event", "log", "text")
_LEVELS: Final = ("level", "severity", "lvl", "levelname", "log.level")
_TONES: Final = {
    "error": Tone.BAD, "err": Tone.BAD, "fatal": Tone.BAD, "critical": Tone.BAD, "panic": Tone.BAD,
    "warn": Tone.WARN, "warning": Tone.WARN,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line; `number` counts from the first line of the search."""

    number: int
    at: datetime
    task: str
    container: str
    message: str

    @cached_property
    def record(self) -> dict[str, Any] | None:
        return record_of(self.message)

    @property
    def parts(self) -> list[Styled]:
        """The text with its colours; of a JSON object the text of its message."""
        return list(styled(self.headline if self.record is not None else self.message))

    @property
    def headline(self) -> str:
        record = self.record or {}
        text = next((str(record[name]) for name in _TEXTS if record.get(name)), "")
        return f"{self.level} {text}".strip() or self.message

    @property
    def level(self) -> str:
        record = self.record or {}
        return next((str(record[name]) for name in _LEVELS if record.get(name)), "")

    @property
    def tone(self) -> str:
        return _TONES.get(self.level.lower(), "")

    @property
    def folded(self) -> str:
        """The JSON object, indented; empty for other lines."""
        return "" if self.record is None else json.dumps(self.record, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class Page:
    """Consecutive lines of a search. `before` is the number that the page of older lines ends before, 0 if there is
    none; `newest`: nothing newer is stored."""

    lines: list[Line]
    before: int
    newest: bool


def page(search: LogSearch, before: int = 0) -> Page:
    """Return the newest lines, or the newest of those whose number is less than `before`."""
    end = min(before or search.line_count + 1, search.line_count + 1)
    lines: list[Line] = []
    first = 0
    for chunk in search.chunks.filter(first__lt=end).order_by("-first")[: SHOWN // 10]:
        wanted = chunk.lines[: end - chunk.first]
        lines = [_line(chunk.first + number, line) for number, line in enumerate(wanted)] + lines
        if len(lines) >= SHOWN:
            break
    lines = lines[-SHOWN:]
    first = lines[0].number if lines else 0
    older = search.chunks.filter(first__lt=first).exists()
    return Page(sorted(lines, key=lambda line: (line.at, line.number)), first if older else 0, end > search.line_count)


def as_text(search: LogSearch) -> Iterator[str]:
    """Yield all stored lines as text: time, container, task, message."""
    for chunk in search.chunks.iterator(20):
        for each in chunk.lines:
            at = datetime.fromtimestamp(each["at"] / 1000, UTC).isoformat(timespec="milliseconds")
            yield f"{at} {each['container']}/{each['task']} {plain(each['message'])}\n"


def _line(number: int, line: dict[str, Any]) -> Line:
    return Line(
        number, datetime.fromtimestamp(line["at"] / 1000, UTC), line["task"], line["container"], line["message"]
    )
