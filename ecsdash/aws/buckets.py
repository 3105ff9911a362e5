"""Client-side rate limits for AWS calls: a token bucket per account, region and API bucket, shared by all processes.

Every attempt of every call takes a token first (`enter`) and reports when AWS throttled it (`struck`). Throttling
closes the bucket for some seconds and halves its refill rate, which then recovers slowly. The pause grows each time
that AWS throttles any call of the same region, so that the other buckets of the region also slow down.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from ecsdash import stopping
from ecsdash.aws.errors import OWN_SHARE_SPENT, Throttled
from ecsdash.aws.limits import Bucket

SMALLEST_BURST = 2.0
SHORTEST_SLEEP = 0.005
LONGEST_SLEEP = 5.0  # between two calls of Caller.before, which keeps what the caller has claimed


class Priority(IntEnum):
    """Priority of a call. Lower priorities leave a part of each bucket to higher ones."""

    INTERACTIVE = 0
    URGENT_SWEEP = 1
    SWEEP = 2


#: Part of the burst that each priority leaves to higher priorities.
RESERVE = {Priority.INTERACTIVE: 0.0, Priority.URGENT_SWEEP: 0.1, Priority.SWEEP: 0.25}
#: Maximum seconds that a call waits for a token.
PATIENCE = {Priority.INTERACTIVE: 10.0, Priority.URGENT_SWEEP: 20.0, Priority.SWEEP: 40.0}


@dataclass
class Caller:
    """Context of calls: their priority, and the number of attempts so far."""

    priority: Priority = Priority.INTERACTIVE
    patience: float = PATIENCE[Priority.INTERACTIVE]
    calls: int = 0
    throttled: int = 0
    before: Callable[[], None] = lambda: None
    """Called before each attempt, and while it waits, in the thread that makes it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, throttled: bool = False) -> None:
        with self._lock:
            self.calls += not throttled
            self.throttled += throttled


class Turn(NamedTuple):
    """Result of taking a token: `wait` is 0 on success, else the seconds until the next try.

    `throttled`: AWS throttled calls of this bucket recently and its rate has not recovered yet.
    """

    wait: float
    throttled: bool = False


class Buckets(Protocol):
    """Storage of the state of all buckets."""

    def take(self, key: str, bucket: Bucket, reserve: float) -> Turn:
        """Take a token if at least `reserve` tokens remain."""

    def strike(self, key: str, storm: str) -> float:
        """Close the bucket after AWS throttled a call. Return the seconds for which it is closed.

        `storm` is the key of the pause that the buckets of a region share.
        """


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
_buckets: Buckets | None = None
_share = 0.5


def configure(buckets: Buckets, *, share: float) -> None:
    """Set the storage and the share of the published limits to use. Before this no call waits."""
    global _buckets, _share
    _buckets, _share = buckets, share


@contextmanager
def calling(priority: Priority, *, patience: float | None = None) -> Iterator[Caller]:
    """Context manager: AWS calls have this priority and wait at most `patience` seconds for a token."""
    caller = Caller(priority, PATIENCE[priority] if patience is None else patience)
    token = _caller.set(caller)
    try:
        yield caller
    finally:
        _caller.reset(token)


def enter(account: str, region: str, bucket: Bucket, *, sleep: Callable[[float], None] = stopping.sleep) -> None:
    """Wait for a token for one attempt. Raise Throttled when this would take too long, Stopped when the process is
    ending; nothing was sent then."""
    caller = _caller.get() or Caller()
    stopping.check()
    caller.before()
    if _buckets is not None:
        burst = max(SMALLEST_BURST, bucket.burst * _share)
        ours = Bucket(bucket.name, burst, bucket.refill * _share)
        _await_turn(_buckets, _key(account, region, bucket), ours, caller, sleep)
    caller.count()


def struck(account: str, region: str, bucket: Bucket) -> float:
    """Report that AWS throttled an attempt. Return the seconds to wait, 0 when the caller's patience covers them."""
    caller = _caller.get() or Caller()
    caller.count(throttled=True)
    closed = _buckets.strike(_key(account, region, bucket), f"aws:{account}:{region}") if _buckets is not None else 0.0
    return closed if closed > caller.patience else 0.0


def _await_turn(buckets: Buckets, key: str, bucket: Bucket, caller: Caller, sleep: Callable[[float], None]) -> None:
    left = caller.patience
    while (turn := buckets.take(key, bucket, bucket.burst * RESERVE[caller.priority])).wait:
        wait = max(SHORTEST_SLEEP, turn.wait)
        if wait > left:
            raise _refusal(turn)
        left -= wait
        _sleep(wait, caller, sleep)


def _sleep(seconds: float, caller: Caller, sleep: Callable[[float], None]) -> None:
    """Sleep in parts: what the caller does before each attempt keeps its claim, also while it waits."""
    while seconds > 0:
        part = min(seconds, LONGEST_SLEEP)
        sleep(part)
        seconds -= part
        caller.before()


def _refusal(turn: Turn) -> Throttled:
    code = "Throttling" if turn.throttled else OWN_SHARE_SPENT
    words = "AWS is throttling these calls" if turn.throttled else "The configured share of the request rate is used up"
    return Throttled(code, f"{words}. Next attempt in {turn.wait:.0f} s.", after=turn.wait, sent=False)


def _key(account: str, region: str, bucket: Bucket) -> str:
    return f"aws:{account}:{region}:{bucket.name}"


# --- state in Redis for all processes; in this process while Redis is not available -------------------------------

#: Seconds until a halved rate has recovered and a pause is reset; the smallest part of the rate.
RECOVERY, LEAST = 60.0, 1 / 16
#: Seconds for which throttling closes a bucket: 1, 4, 16. A minute of throttling costs an operation about five calls.
FIRST_PAUSE, LONGER, LONGEST_PAUSE = 1.0, 4.0, 16.0
FORGOTTEN_MS = 600_000  # long after a bucket is full again

_BEGIN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'rate', 'closed')
local tokens, at = tonumber(kept[1]), tonumber(kept[2]) or now
local rate, closed = tonumber(kept[3]) or 1, tonumber(kept[4]) or 0
local passed = math.max(0, now - at)
rate = math.min(1, rate + passed / tonumber(ARGV[1]))
"""
_END = """
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', math.max(now, closed)),
    'rate', string.format('%.6f', rate), 'closed', string.format('%.6f', closed))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_TAKE = (
    _BEGIN
    + """
local burst, refill, need = tonumber(ARGV[3]), tonumber(ARGV[4]), 1 + tonumber(ARGV[5])
local wait = 0
tokens = math.min(burst, (tokens or burst) + passed * refill * rate)
if now < closed then wait = closed - now
elseif tokens >= need then tokens = tokens - 1
else wait = (need - tokens) / (refill * rate) end
"""
    + _END
    + "return {string.format('%.6f', wait), rate < 1 and 1 or 0}"
)
_STRIKE = (
    _BEGIN
    + """
if now >= closed then
    local storm = redis.call('HMGET', KEYS[2], 'pause', 'since')
    local pause, since = tonumber(storm[1]) or 0, tonumber(storm[2]) or 0
    if now - since > tonumber(ARGV[1]) then pause, since = tonumber(ARGV[4]), now
    elseif now >= since + pause then pause, since = math.min(tonumber(ARGV[6]), pause * tonumber(ARGV[5])), now end
    redis.call('HSET', KEYS[2], 'pause', string.format('%.6f', pause), 'since', string.format('%.6f', since))
    redis.call('PEXPIRE', KEYS[2], ARGV[2])
    rate, tokens, closed = math.max(tonumber(ARGV[3]), rate / 2), 0, now + pause
end
"""
    + _END
    + "return string.format('%.6f', closed - now)"
)


class SharedBuckets:
    """Buckets in Redis. While Redis is not available, each process uses its own buckets and retries later."""

    ASK_AGAIN_SECONDS = 5.0

    def __init__(self, client: Any, broken: tuple[type[Exception], ...]) -> None:
        """`client` is a redis-py client; `broken` are the exceptions that mean that Redis is not available."""
        self._take, self._strike = client.register_script(_TAKE), client.register_script(_STRIKE)
        self._broken, self._away_until = broken, 0.0
        self._own = OwnBuckets()

    def take(self, key: str, bucket: Bucket, reserve: float) -> Turn:
        arguments = [RECOVERY, FORGOTTEN_MS, bucket.burst, bucket.refill, reserve]
        answer = self._ask(self._take, [key], arguments)
        return self._own.take(key, bucket, reserve) if answer is None else Turn(float(answer[0]), bool(answer[1]))

    def strike(self, key: str, storm: str) -> float:
        own = self._own.strike(key, storm)
        arguments = [RECOVERY, FORGOTTEN_MS, LEAST, FIRST_PAUSE, LONGER, LONGEST_PAUSE]
        answer = self._ask(self._strike, [key, storm], arguments)
        return own if answer is None else float(answer)

    def _ask(self, script: Any, keys: list[str], arguments: list[float]) -> Any:
        """Run a script. Return None when Redis is not available."""
        if time.monotonic() < self._away_until:
            return None
        try:
            return script(keys=keys, args=arguments)
        except self._broken:
            self._away_until = time.monotonic() + self.ASK_AGAIN_SECONDS
            return None


@dataclass
class _Level:
    tokens: float | None
    at: float
    rate: float = 1.0
    closed: float = float("-inf")


class _Storm(NamedTuple):
    """The pause of a region's buckets and the time when it was set."""

    pause: float
    since: float

    def at(self, now: float) -> "_Storm":
        """Return the pause after one more throttled call; calls within the same pause count once."""
        if now - self.since > RECOVERY:
            return _Storm(FIRST_PAUSE, now)
        return _Storm(min(LONGEST_PAUSE, self.pause * LONGER), now) if now >= self.since + self.pause else self


class OwnBuckets:
    """Buckets of this process only, with the same rules as the scripts above."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._levels: dict[str, _Level] = {}
        self._storms: dict[str, _Storm] = {}

    def take(self, key: str, bucket: Bucket, reserve: float) -> Turn:
        with self._lock:
            level, now, passed = self._at(key)
            tokens = bucket.burst if level.tokens is None else level.tokens + passed * bucket.refill * level.rate
            level.tokens = min(bucket.burst, tokens)
            if now < level.closed:
                return Turn(level.closed - now, throttled=True)
            if level.tokens < 1 + reserve:
                return Turn((1 + reserve - level.tokens) / (bucket.refill * level.rate), level.rate < 1)
            level.tokens -= 1
            return Turn(0.0)

    def strike(self, key: str, storm: str) -> float:
        with self._lock:
            level, now, _ = self._at(key)
            if now < level.closed:
                return level.closed - now
            current = self._storms[storm] = self._storms.get(storm, _Storm(0.0, float("-inf"))).at(now)
            level.rate, level.tokens = max(LEAST, level.rate / 2), 0.0
            level.closed = level.at = now + current.pause
            return current.pause

    def _at(self, key: str) -> tuple[_Level, float, float]:
        """Return the level, the current time and the seconds of refill since the last access, 0 while it is closed."""
        now = self._clock()
        level = self._levels.setdefault(key, _Level(None, now))
        passed = max(0.0, now - level.at)
        level.rate, level.at = min(1.0, level.rate + passed / RECOVERY), max(now, level.closed)
        return level, now, passed
