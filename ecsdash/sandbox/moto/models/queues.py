"""SQS queues fast enough for large accounts: moto counts the whole queue for each message sent, received or deleted."""

import copy
import json
import secrets
import time
import uuid
from typing import Any

import moto.sqs.models as sqs
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcfromtimestamp
from moto.events.models import Rule
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

_REMEMBERED = 10_000
_send_ordered = Rule._send_to_sqs_queue


class SandboxMessage(Message):
    def __deepcopy__(self, memo: object) -> "SandboxMessage":
        """The message in a response to ReceiveMessage: only the attributes that were requested."""
        return copy.copy(self)


class SandboxQueue(Queue):
    def __init__(self, name: str, region: str, account_id: str, **kwargs: Any) -> None:
        super().__init__(name, region, account_id, **kwargs)
        self._deleted: dict[str | None, bool] = {}

    @property
    def messages(self) -> list[Message]:
        """Messages that can be received; the clock is read once for all of them."""
        now = milliseconds()
        with self._messages_lock:
            return [each for each in self._messages if each.visible_at < now and each.delayed_until <= now]

    def delete_message(self, receipt_handle: str) -> None:
        """Accept the handle of any earlier receive; deleting twice is no error."""
        with self._messages_lock:
            if receipt_handle in self._deleted:
                return
            message = next((each for each in self._messages if each.had_receipt_handle(receipt_handle)), None)
            if message is None:
                raise ReceiptHandleIsInvalid
            self._messages.remove(message)
            self.pending_messages.discard(message)
            self._deleted.update(dict.fromkeys(message.all_receipt_handles, True))
            while len(self._deleted) > _REMEMBERED:
                del self._deleted[next(iter(self._deleted))]


def install() -> None:
    Rule._send_to_sqs_queue = send  # type: ignore[assignment, method-assign]
    sqs.Queue = SandboxQueue  # type: ignore[misc]
    sqs.Message = SandboxMessage  # type: ignore[misc]
    sqs.unix_time_millis = milliseconds  # type: ignore[assignment, attr-defined]
    sqs.generate_receipt_handle = receipt  # type: ignore[attr-defined]
    SQSBackend.is_message_valid_based_on_retention_period = within_retention  # type: ignore[assignment, method-assign]


def milliseconds() -> float:
    return time.time() * 1000


def receipt() -> str:
    """Not taken from moto's seeded generator: reading a queue must not change the history."""
    return secrets.token_urlsafe(138)


def send(rule: Rule, name: str, event: dict[str, Any], group_id: str | None = None) -> None:
    """Send an event from a rule to a queue."""
    queue = sqs_backends[rule.account_id][rule.region_name].get_queue(name)
    if queue.fifo_queue:
        _send_ordered(rule, name, event, group_id)
        return
    if "time" in event:
        event["time"] = iso_8601_datetime_without_milliseconds(utcfromtimestamp(event["time"]))
    message = SandboxMessage(str(uuid.uuid4()), json.dumps(event))
    message.mark_sent(queue.delay_seconds)  # type: ignore[attr-defined]
    queue.add_message(message)


def within_retention(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    kept_seconds = int(backend.get_queue(queue_name).message_retention_period)  # type: ignore[attr-defined]
    return bool((message.sent_timestamp or 0) / 1000 + kept_seconds > time.time())
