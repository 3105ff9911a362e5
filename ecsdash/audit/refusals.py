"""Refusals: one event for each person, kind and minute at once, and one more with the count when the minute is over.

The count is in Redis, so a flood costs one command for each refusal and two events for each minute, whatever its size.
Without Redis each process counts nothing and records the first of each minute.
"""

import json
import time
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Final

import structlog
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from ecsdash.access.models import User
from ecsdash.audit.models import Outcome
from ecsdash.audit.record import record
from ecsdash.web.polling import pubsub

MINUTE: Final = 60
KEPT_SECONDS: Final = 3600  # that counts wait for a worker
MOST_KEYS: Final = 10_000  # persons and kinds that a process remembers without Redis
MINUTES: Final = "ecsdash:refusals:minutes"  # the set of minutes that have counts
ANONYMOUS: Final = "anonymous"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refused:
    """Who was refused what. `person` is a username; people who are not signed in are one."""

    action: str
    person: str


_seen: dict[Refused, int] = {}
_lock = Lock()


def refuse(action: str, *, actor: User | None, actor_name: str = "", **fields: Any) -> None:
    """Record a refusal, unless one of this person and kind was recorded in this minute: then count it.

    `fields` are those of record(). The refusal stands whether or not it can be recorded: no exception leaves here.
    """
    person = actor.get_username() if actor else actor_name or ANONYMOUS
    try:
        if _count(Refused(action, person)) == 1:
            record(actor=actor, actor_name=person, action=action, outcome=Outcome.FAILED, **fields)
    except (DatabaseError, InterfaceError) as error:
        log.error("refusal_not_recorded", action=action, error=type(error).__name__)


def record_counts() -> None:
    """Record how often each refusal of past minutes was repeated. A worker does this every minute.

    What a killed worker had not recorded is recorded by the next one.
    """
    redis = pubsub.connect()
    for minute in map(int, redis.smembers(MINUTES)):
        if minute < _minute():
            for text, count in redis.hgetall(_key(minute)).items():
                _record_count(Refused(**json.loads(text)), minute, int(count))
                redis.hdel(_key(minute), text)
            redis.srem(MINUTES, minute)


def _record_count(refused: Refused, minute: int, count: int) -> None:
    if count < 2:
        return
    user = User.objects.filter(username=refused.person).first()
    detail = {"count": count, "minute": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(minute * MINUTE))}
    record(actor=user, actor_name=refused.person, action=refused.action, outcome=Outcome.FAILED, detail=detail)


def _count(refused: Refused) -> int:
    """Return how often this person was refused this in the current minute, this time included."""
    minute = _minute()
    try:
        pipeline = pubsub.connect().pipeline()
        pipeline.hincrby(_key(minute), json.dumps(asdict(refused)), 1)
        pipeline.expire(_key(minute), KEPT_SECONDS)
        pipeline.sadd(MINUTES, minute)
        return int(pipeline.execute()[0])
    except (RedisError, OSError):
        return _count_here(refused)


def _count_here(refused: Refused) -> int:
    """Return 1 for the first time in this minute and process, otherwise 2."""
    minute = _minute()
    with _lock:
        if _seen.get(refused) == minute:
            return 2
        if len(_seen) >= MOST_KEYS:
            _seen.clear()
        _seen[refused] = minute
        return 1


def _minute() -> int:
    return int(time.time()) // MINUTE


def _key(minute: int) -> str:
    return f"ecsdash:refusals:{minute}"
