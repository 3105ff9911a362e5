"""A worker that lost the broker: kombu's transport raises a connection error, so that the worker connects again."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection
from kombu.message import Message
from redis.exceptions import ConnectionError as BrokerConnectionError

from ecsdash.celery import app
from ecsdash.web.broker import Transport
from tests import environment


@pytest.fixture
def received() -> Iterator[tuple[Connection, Message]]:
    """A job that was received over a connection that was closed since."""
    connection = Connection(environment.REDIS_URL, transport=Transport)
    with connection, connection.SimpleQueue("lost-broker") as queue:
        queue.put({"job": "x"})
        message = queue.get(timeout=5)
        channel: Any = message.channel
        channel.connection.client = None
        channel._disconnect_pools()
        yield connection, message
        channel.connection.client = connection
        message.ack()


def test_an_acknowledgement_on_a_closed_connection_is_a_connection_error(
    received: tuple[Connection, Message], caplog: pytest.LogCaptureFixture
) -> None:
    connection, message = received
    message.ack_log_error(logging.getLogger("worker"), connection.connection_errors)
    assert "Couldn't ack" in caplog.text


def test_jobs_given_back_on_a_closed_connection_are_a_connection_error(received: tuple[Connection, Message]) -> None:
    connection, message = received
    assert BrokerConnectionError in connection.connection_errors
    channel: Any = message.channel
    with pytest.raises(BrokerConnectionError):
        channel.qos.restore_unacked()


def test_workers_use_this_transport_and_never_stop_connecting() -> None:
    with app.connection_for_read() as connection:
        assert isinstance(connection.transport, Transport)
    assert app.conf.broker_connection_max_retries is None
