"""Sweeping a noun part by part (cluster by cluster), several parts and batches side by side.

Memory is bounded by the batches in flight, whatever the size of the estate. A part is complete by itself: only its
whole list says what is missing in it.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from ecsdash.aws.calls import batches
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim

SIDE_BY_SIDE = 8


class PartedSweep(ABC):
    """What to do with each part.

    `arns_of` and `describe` run in threads: they ask AWS, and never the database. The rest runs in the sweeping thread.
    """

    batch = 100

    def __init__(self, scope: Scope) -> None:
        self.scope, self.aws = scope, scope.connection()
        self.began_at = timezone.now()

    @abstractmethod
    def arns_of(self, part: str) -> list[str]:
        """The ARNs of everything in the part."""

    def wanted(self, part: str, listed: Sequence[str]) -> Sequence[str]:
        """The ARNs to describe."""
        return listed

    @abstractmethod
    def describe(self, part: str, arns: Sequence[str]) -> list[dict[str, Any]]: ...

    @abstractmethod
    def store(self, part: str, found: Sequence[dict[str, Any]]) -> None: ...

    @abstractmethod
    def finish(self, part: str, listed: Sequence[str]) -> None:
        """All of the part is stored: mark what is missing in it."""

    def run(self, parts: Iterable[str]) -> None:
        """Sweep those of the parts that this pass has not done yet. Raises an AwsError when a part failed.

        What may succeed later stops the pass, to go on from there; a part that is refused does not keep the others.
        """
        current = claim.current()
        todo = deque(part for part in parts if current is None or part not in current.done)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            work = _Work(self, threads, todo, current)
            try:
                work.go()
            finally:
                threads.shutdown(wait=True, cancel_futures=True)
        if work.refusal:
            raise work.refusal


@dataclass
class _Open:
    """A part that is listed: how many of its batches are not stored yet."""

    listed: Sequence[str]
    left: int


@dataclass
class _Work:
    sweep: PartedSweep
    threads: ThreadPoolExecutor
    todo: deque[str]
    current: claim.Pass | None
    refusal: AwsError | None = None
    _open: dict[str, _Open] = field(default_factory=dict)
    _batches: deque[tuple[str, Sequence[str]]] = field(default_factory=deque)
    _flying: dict[Future[Any], tuple[str, bool]] = field(default_factory=dict)
    """What threads are at: the part, and whether it is being listed."""

    def go(self) -> None:
        self._fill()
        while self._flying:
            ended, _ = wait(self._flying, timeout=claim.BEAT_SECONDS, return_when=FIRST_COMPLETED)
            self._beat()
            for future in ended:
                self._take(future)
                self._fill()

    def _fill(self) -> None:
        """Batches before new lists: what is begun is stored first."""
        while len(self._flying) < SIDE_BY_SIDE and (self._batches or self.todo):
            if self._batches:
                part, arns = self._batches.popleft()
                self._flying[self._submit(self.sweep.describe, part, arns)] = part, False
            else:
                part = self.todo.popleft()
                self._flying[self._submit(self.sweep.arns_of, part)] = part, True

    def _submit(self, function: Any, *arguments: Any) -> Future[Any]:
        return self.threads.submit(copy_context().run, _or_nothing, function, *arguments)

    def _take(self, future: Future[Any]) -> None:
        part, listed = self._flying.pop(future)
        try:
            found = future.result()
        except AwsError as error:
            if error.retryable:
                raise
            self._give_up(part, error)
            return
        if listed:
            wanted = [(part, arns) for arns in batches(self.sweep.wanted(part, found), self.sweep.batch)]
            self._batches += wanted
            self._open[part] = _Open(found, len(wanted))
        elif part in self._open:
            self.sweep.store(part, found)
            self._open[part].left -= 1
        self._finish(part)

    def _finish(self, part: str) -> None:
        opened = self._open.get(part)
        if opened and not opened.left:
            self.sweep.finish(part, opened.listed)
            del self._open[part]
            if self.current:
                self.current.done.add(part)

    def _give_up(self, part: str, error: AwsError) -> None:
        self.refusal = self.refusal or error
        self._open.pop(part, None)
        self._batches = deque(batch for batch in self._batches if batch[0] != part)

    def _beat(self) -> None:
        if self.current:
            self.current.beat()


def _or_nothing(function: Any, *arguments: Any) -> Any:
    """What is gone meanwhile holds nothing."""
    try:
        return function(*arguments)
    except NotFound:
        return []
