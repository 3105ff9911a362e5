"""Progress of the items of a plan: which to take now, and the result of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ecsdash.operations.items import Item
from ecsdash.operations.models import OperationStep
from ecsdash.operations.plan import Plan, Step
from ecsdash.operations.states import OperationState, StepState
from ecsdash.web.tone import Tone

Pair = tuple[OperationStep, Step]
ENDED_BADLY = (StepState.ERRORED, StepState.FAILED, StepState.CANCELLED)


class ItemState(StrEnum):
    """State of one item, from the states of its steps."""

    FAILED = "Failed"
    ERRORED = "Errored"
    SUCCEEDED = "Succeeded"
    CANCELLED = "Cancelled"
    RUNNING = "In progress"
    NOT_STARTED = "Not started"

    @property
    def tone(self) -> Tone:
        return ITEM_TONES[self]


ITEM_TONES = {
    ItemState.NOT_STARTED: Tone.IDLE,
    ItemState.RUNNING: Tone.PROGRESS,
    ItemState.SUCCEEDED: Tone.OK,
    ItemState.FAILED: Tone.BAD,
    ItemState.ERRORED: Tone.BAD,
    ItemState.CANCELLED: Tone.IDLE,
}
#: The states of steps that decide, the first one that a step has.
DECIDING = {
    StepState.ERRORED: ItemState.ERRORED,
    StepState.FAILED: ItemState.FAILED,
    StepState.CANCELLED: ItemState.CANCELLED,
}


@dataclass(frozen=True)
class ItemRun:
    """One item with its steps. `steps` are rows in their present state."""

    item: Item
    pairs: Sequence[Pair]

    @property
    def due(self) -> list[Pair]:
        return [(row, step) for row, step in self.pairs if row.state != StepState.SUCCEEDED]

    @property
    def state(self) -> ItemState:
        states = {row.state for row, _ in self.pairs}
        decided = next((result for state, result in DECIDING.items() if state in states), None)
        if decided:
            return decided
        if states <= {StepState.SUCCEEDED}:
            return ItemState.SUCCEEDED
        return ItemState.NOT_STARTED if states == {StepState.PENDING} else ItemState.RUNNING

    @property
    def message(self) -> str:
        """Why it failed, or the newest message of its steps."""
        errors = (row.error.get("message", "") for row, _ in self.pairs if row.state in ENDED_BADLY)
        messages = (row.message for row, _ in reversed(self.pairs) if row.message)
        return next(filter(None, errors), "") or next(messages, "")


@dataclass(frozen=True)
class ItemRuns:
    """The items of a plan, in its order."""

    plan: Plan
    items: Sequence[ItemRun]

    @classmethod
    def of(cls, plan: Plan, pairs: Sequence[Pair]) -> "ItemRuns":
        runs = [ItemRun(item, [pair for pair in pairs if pair[1].item == item.name]) for item in plan.items]
        return cls(plan, runs)

    def to_take(self) -> Iterator[ItemRun]:
        """Yield the items in progress, then new ones while few are in progress and few have failed."""
        yield from self._in(ItemState.RUNNING)
        for each in self._in(ItemState.NOT_STARTED):
            if not self._may_begin():
                return
            yield each

    def end(self, cancelled_by: str) -> tuple[OperationState, dict[str, Any]]:
        """Return the state and the error of the operation, whose items make no progress any more."""
        result = {state: self._in(state) for state in ItemState}
        if cancelled_by and result[ItemState.CANCELLED] and not result[ItemState.ERRORED]:
            return OperationState.CANCELLED, {"message": f"Cancelled by {cancelled_by}", "step": ""}
        bad = result[ItemState.ERRORED] or result[ItemState.FAILED]
        if not bad:
            return OperationState.SUCCEEDED, {}
        words = (f"{each}: {_names(result[each])}." for each in ItemState if result[each])
        error = {"kind": "", "code": "ItemsFailed", "call": "", "request_id": "", "step": bad[0].item.name}
        number = len(result[ItemState.ERRORED]) + len(result[ItemState.FAILED])
        message = f"{number} of {len(self.items)} failed. {' '.join(words)}"
        state = OperationState.ERRORED if result[ItemState.ERRORED] else OperationState.FAILED
        return state, {**error, "message": message}

    def _in(self, state: ItemState) -> list[ItemRun]:
        return [each for each in self.items if each.state is state]

    def _may_begin(self) -> bool:
        failed = len(self._in(ItemState.FAILED)) + len(self._in(ItemState.ERRORED))
        running, cancelled = self._in(ItemState.RUNNING), self._in(ItemState.CANCELLED)
        return not cancelled and failed < self.plan.stop_after and len(running) < self.plan.at_once


def _names(runs: Sequence[ItemRun]) -> str:
    return ", ".join(each.item.name for each in runs)
