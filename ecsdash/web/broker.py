"""The transport of Celery's jobs: kombu's Redis transport, with one fault of kombu 5.7 corrected.

A worker that lost the broker acknowledges and gives back jobs on a connection that is already closed. kombu then
fails with an AttributeError, which ends the worker, instead of a connection error, after which it connects again.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as BrokerConnectionError


class Channel(redis.Channel):
    """A channel that raises a connection error when its connection is closed."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise BrokerConnectionError("The connection to the broker is closed.")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]  # not in the stubs
        return parameters


class Transport(redis.Transport):
    Channel = Channel
