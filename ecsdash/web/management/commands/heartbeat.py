from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ecsdash.web.health import CHECKS, NotReadyError


class Command(BaseCommand):
    help = "Exit with 0 if this process has sent a heartbeat recently (for health checks of containers)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=["worker", "beat", "events"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            CHECKS[options["process"]]()
        except NotReadyError as reason:
            raise CommandError(str(reason)) from None
