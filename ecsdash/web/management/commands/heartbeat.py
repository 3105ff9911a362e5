from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from ecsdash.web.heartbeats import HOST, processes


class Command(BaseCommand):
    help = (
        "Exit with 0 if every process of this kind on this host sends heartbeats (for health checks of containers). "
        "Without a kind, list the processes of all hosts."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", default="", choices=["", "worker", "beat", "events"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = processes(options["kind"])
        except (RedisError, OSError):
            raise CommandError("Redis does not answer.") from None
        if not options["kind"]:
            for each in found:
                self.stdout.write(f"{each} running for {each.running:.0f} s, last heartbeat {each.age:.0f} s ago")
            return
        here = [each for each in found if each.host == HOST]
        silent = [each for each in here if not each.alive]
        if silent or not here:
            raise CommandError(f"No recent heartbeat: {', '.join(map(str, silent)) or options['kind']} on {HOST}.")
