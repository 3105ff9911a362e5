"""Sweep a noun cluster by cluster, several clusters and batches at a time.

Memory is bounded by the batches in progress, whatever the number of clusters. Each cluster is complete by itself: only
its whole list says what is missing in it.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from ecsdash.aws.calls import batches
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import claim
from ecsdash.web import clock

THREADS = 8


class SweepByCluster(ABC):
    """What to do for each cluster.

    `list_arns` and `describe` run in threads: they call AWS, never the database. The rest runs in the sweeping thread.
    """

    batch = 100

    def __init__(self, scope: Scope) -> None:
        self.scope, self.aws = scope, scope.connection()
        self.started_at = clock.now()

    @abstractmethod
    def list_arns(self, cluster: str) -> list[str]:
        """Return the ARNs of everything in the cluster."""

    def to_describe(self, cluster: str, listed: Sequence[str]) -> Sequence[str]:
        """Return those ARNs that must be described."""
        return listed

    @abstractmethod
    def describe(self, cluster: str, arns: Sequence[str]) -> list[dict[str, Any]]: ...

    @abstractmethod
    def store(self, cluster: str, described: Sequence[dict[str, Any]]) -> None: ...

    @abstractmethod
    def finish(self, cluster: str, listed: Sequence[str]) -> None:
        """All of the cluster is stored: mark what is missing in it."""

    def run(self, clusters: Iterable[str]) -> None:
        """Sweep those clusters that this run has not completed yet. Raise an AwsError when a cluster failed.

        What may succeed later stops the run, to be resumed there; a cluster that is refused does not stop the others.
        """
        current = claim.current()
        todo = deque(cluster for cluster in clusters if current is None or cluster not in current.done)
        with ThreadPoolExecutor(THREADS) as threads:
            work = _Work(self, threads, todo, current)
            try:
                work.run()
            finally:
                threads.shutdown(wait=True, cancel_futures=True)
        if work.refusal:
            raise work.refusal


@dataclass
class _Listed:
    """A cluster that is listed, and how many of its batches are not stored yet."""

    arns: Sequence[str]
    batches_left: int


@dataclass
class _Work:
    sweep: SweepByCluster
    threads: ThreadPoolExecutor
    todo: deque[str]
    current: claim.SweepRun | None
    refusal: AwsError | None = None
    _listed: dict[str, _Listed] = field(default_factory=dict)
    _batches: deque[tuple[str, Sequence[str]]] = field(default_factory=deque)
    _futures: dict[Future[Any], tuple[str, bool]] = field(default_factory=dict)
    """What the threads are doing: the cluster, and whether it is being listed."""

    def run(self) -> None:
        self._submit_more()
        while self._futures:
            ended, _ = wait(self._futures, timeout=claim.RENEW_SECONDS, return_when=FIRST_COMPLETED)
            if self.current:
                self.current.renew()
            for future in ended:
                self._handle(future)
                self._submit_more()

    def _submit_more(self) -> None:
        """Batches before new lists: what is listed is stored first."""
        while len(self._futures) < THREADS and (self._batches or self.todo):
            if self._batches:
                cluster, arns = self._batches.popleft()
                self._futures[self._submit(self.sweep.describe, cluster, arns)] = cluster, False
            else:
                cluster = self.todo.popleft()
                self._futures[self._submit(self.sweep.list_arns, cluster)] = cluster, True

    def _submit(self, function: Any, *arguments: Any) -> Future[Any]:
        return self.threads.submit(copy_context().run, _empty_if_gone, function, *arguments)

    def _handle(self, future: Future[Any]) -> None:
        cluster, listed = self._futures.pop(future)
        try:
            result = future.result()
        except AwsError as error:
            if error.retryable:
                raise
            self._give_up(cluster, error)
            return
        if listed:
            wanted = [(cluster, arns) for arns in batches(self.sweep.to_describe(cluster, result), self.sweep.batch)]
            self._batches += wanted
            self._listed[cluster] = _Listed(result, len(wanted))
        elif cluster in self._listed:
            self.sweep.store(cluster, result)
            self._listed[cluster].batches_left -= 1
        self._finish_if_stored(cluster)

    def _finish_if_stored(self, cluster: str) -> None:
        listed = self._listed.get(cluster)
        if listed and not listed.batches_left:
            self.sweep.finish(cluster, listed.arns)
            del self._listed[cluster]
            if self.current:
                self.current.done.add(cluster)

    def _give_up(self, cluster: str, error: AwsError) -> None:
        self.refusal = self.refusal or error
        self._listed.pop(cluster, None)
        self._batches = deque(batch for batch in self._batches if batch[0] != cluster)


def _empty_if_gone(function: Any, *arguments: Any) -> Any:
    """A cluster that is gone meanwhile holds nothing."""
    try:
        return function(*arguments)
    except NotFound:
        return []
