"""Of several processes of a kind one leads and works; the others wait, and take over when its lease in Redis lapses.

Two may lead for a moment, for example after Redis was emptied: what they do must allow for that.
"""

import os
import time
import uuid
from typing import Final

from redis.exceptions import RedisError

from ecsdash.outages import REDIS
from ecsdash.web.polling import pubsub

LEASE_SECONDS: Final = 10
RENEW_SECONDS: Final = 2.0
_HOLD: Final = """
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


def key(kind: str) -> str:
    """Return the key in Redis whose value begins with the process ID of the leader."""
    return f"ecsdash:leader:{kind}"


class Leadership:
    """The lease of one process. While Redis is not available the leader goes on and the others wait."""

    def __init__(self, kind: str) -> None:
        self.key, self._token = key(kind), f"{os.getpid()}-{uuid.uuid4().hex}"
        self._leads, self._asked_at = False, float("-inf")

    def held(self) -> bool:
        """Renew the lease, or take a free one. Return whether this process leads."""
        if time.monotonic() > self._asked_at + RENEW_SECONDS and not REDIS.away:
            self._asked_at = time.monotonic()
            try:
                self._leads = bool(pubsub.connect().eval(_HOLD, 1, self.key, self._token, str(LEASE_SECONDS * 1000)))
            except (RedisError, OSError) as error:
                REDIS.failed(error)
            else:
                REDIS.answered()
        return self._leads

    def release(self) -> None:
        """Let another process lead at once."""
        self._leads = False
        try:
            pubsub.connect().eval(_RELEASE, 1, self.key, self._token)
        except (RedisError, OSError) as error:
            REDIS.failed(error)
