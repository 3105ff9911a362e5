import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from ecsdash.inventory.events.consumer import Consumer
from ecsdash.stopping import limit_exit


class Command(BaseCommand):
    help = "Read the events of every connected account and region into the inventory, until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: end(stopping))
        Consumer(stopping).run()


def end(consumer: threading.Event) -> None:
    """Have the consumer store what it has received and end, and this process end in any case."""
    consumer.set()
    limit_exit()
