"""References of the calls of EventBridge and SQS that connect event feeds."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.references import How, Reference, entry, tail, thing

Params = Mapping[str, Any]
Named = Iterator[Reference]


@entry("events.put_rule")
def put_rule(params: Params) -> Named:
    yield thing(How.CHANGES, "event_rule", params["Name"])


@entry("events.put_targets", "events.remove_targets")
def change_targets(params: Params) -> Named:
    yield thing(How.CHANGES, "event_rule", params["Rule"])


@entry("events.delete_rule")
def delete_rule(params: Params) -> Named:
    yield thing(How.DELETES, "event_rule", params["Name"])


@entry("sqs.create_queue")
def create_queue(params: Params) -> Named:
    yield thing(How.CREATES, "queue", params["QueueName"])


@entry("sqs.set_queue_attributes")
def change_queue(params: Params) -> Named:
    yield thing(How.CHANGES, "queue", tail(params["QueueUrl"]))


@entry("sqs.delete_queue")
def delete_queue(params: Params) -> Named:
    yield thing(How.DELETES, "queue", tail(params["QueueUrl"]))
