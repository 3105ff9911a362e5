import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from ecsdash.inventory.events.consumer import Consumer


class Command(BaseCommand):
    help = "Read the events of every connected account and region into the inventory, until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        Consumer(stopping).run()
