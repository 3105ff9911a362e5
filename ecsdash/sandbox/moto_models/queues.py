from moto.core.utils import unix_time
from moto.sqs.models import Message, SQSBackend


def within_retention(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    """moto counts the whole queue three times to learn its retention period, for each message that it delivers."""
    kept_seconds = int(backend.get_queue(queue_name).message_retention_period)  # type: ignore[attr-defined]
    return bool((message.sent_timestamp or 0) / 1000 + kept_seconds > unix_time())
