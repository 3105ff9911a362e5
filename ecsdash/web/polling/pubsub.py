"""Messages between processes: counters that moved, access that changed, sessions that ended.

They are published through Redis after the commit, to the processes that listen at the moment. Nothing depends on every
message being received: the database is read every few seconds, and a ticket expires by itself.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from ecsdash.outages import REDIS

TIMEOUT_SECONDS: Final = 1


def publish_counters(values: Mapping[str, int]) -> None:
    _publish({"counters": dict(values)})


def publish_access_change() -> None:
    """Somebody's grants changed, or whether somebody may sign in at all."""
    _publish({"access": True})


def publish_session_end(session_digest: str) -> None:
    _publish({"session": session_digest})


def connect() -> Redis:
    return _client(settings.REDIS_URL)


def channel(client: Redis) -> str:
    """One for each database of a Redis server: Redis shares channels between its databases."""
    return f"ecsdash:{client.get_connection_kwargs().get('db') or 0}:changes"


def _publish(message: dict[str, Any]) -> None:
    if REDIS.away:
        return
    client = connect()
    try:
        client.publish(channel(client), json.dumps(message))
    except (RedisError, OSError) as error:
        REDIS.failed(error)
    else:
        REDIS.answered()


@lru_cache(maxsize=2)
def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
