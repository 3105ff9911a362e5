"""Facts about a task that stopped, as ECS describes it and as its task definition says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LINES = 20  # last log lines that are looked at
LINES_SHOWN = 3


@dataclass(frozen=True)
class ContainerFacts:
    """One container. `essential` is None if the task definition is not known; `lines` are its last log lines."""

    name: str
    essential: bool | None
    exit_code: int | None
    reason: str
    lines: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        return self.exit_code is not None or bool(self.reason)

    @property
    def words(self) -> str:
        """`Container app (essential): exit code 1. OutOfMemoryError: ...`"""
        kind = {True: " (essential)", False: " (not essential)", None: ""}[self.essential]
        code = "no exit code" if self.exit_code is None else f"exit code {self.exit_code}"
        return f"Container {self.name}{kind}: {code}.{f' {self.reason}' if self.reason else ''}"


@dataclass(frozen=True)
class TaskFacts:
    stop_code: str
    reason: str
    containers: tuple[ContainerFacts, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """Return AWS's sentences: those of the containers say more than that of the task."""
        return [*(each.reason for each in self.containers if each.reason), *([self.reason] if self.reason else [])]

    @property
    def raw(self) -> str:
        """Return AWS's own words."""
        texts = [self.reason, *(each.reason for each in self.containers if each.reason != self.reason)]
        return f"{self.stop_code}: {' · '.join(text for text in texts if text)}"

    @property
    def evidence(self) -> tuple[str, ...]:
        code = (f"Stop code: {self.stop_code}.",) if self.stop_code else ()
        lines = (_last_lines(each) for each in self.containers if each.lines)
        return (*code, *(each.words for each in self.containers if each.ended), *lines)


def _last_lines(container: ContainerFacts) -> str:
    shown = container.lines[-LINES_SHOWN:]
    return f"Last log line{'s' if len(shown) > 1 else ''} of {container.name}: {' ⏎ '.join(shown)}"


def facts_of(
    described: Mapping[str, Any],
    definition: Mapping[str, Any] | None = None,
    lines: Mapping[str, Sequence[str]] | None = None,
) -> TaskFacts:
    """Return the facts of a task as DescribeTasks describes it, with its task definition and the last log lines of each
    container if they are known."""
    flags = essential_flags((definition or {}).get("containerDefinitions", ()))
    containers = tuple(
        _container(each, flags.get(each.get("name", "")), (lines or {}).get(each.get("name", ""), ()))
        for each in described.get("containers", ())
    )
    return TaskFacts(described.get("stopCode", ""), described.get("stoppedReason", ""), containers)


def essential_flags(definitions: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Return container name -> whether it is essential, which is the default."""
    return {each.get("name", ""): each.get("essential") is not False for each in definitions}


def _container(described: Mapping[str, Any], essential: bool | None, lines: Sequence[str]) -> ContainerFacts:
    code = described.get("exitCode")
    return ContainerFacts(
        str(described.get("name", "")),
        essential,
        None if code is None else int(code),
        str(described.get("reason") or ""),
        tuple(lines[-LINES:]),
    )
