"""What processes tell each other: counters that moved, access that changed, sessions that ended.

Told through Redis after the commit, to whoever listens at the moment. Nothing depends on every word being heard: the
database is read now and then, and a pass runs out by itself.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

ANSWER_SECONDS: Final = 2
log = structlog.get_logger(__name__)


def counters_moved(values: Mapping[str, int]) -> None:
    _tell({"counters": dict(values)})


def access_changed() -> None:
    """Somebody's rights, or whether somebody may be here at all."""
    _tell({"access": True})


def session_ended(mark: str) -> None:
    _tell({"session": mark})


def connect() -> Redis:
    return _client(settings.REDIS_URL)


def channel(client: Redis) -> str:
    """One for each database of a Redis server: its channels know no databases."""
    return f"ecsdash:{client.get_connection_kwargs().get('db') or 0}:news"


def _tell(words: dict[str, Any]) -> None:
    client = connect()
    try:
        client.publish(channel(client), json.dumps(words))
    except (RedisError, OSError) as error:
        log.warning("news_not_told", error=str(error))


@lru_cache(maxsize=2)
def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
