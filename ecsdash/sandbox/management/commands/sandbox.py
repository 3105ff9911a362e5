from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from ecsdash.sandbox.cli import add_arguments, run


class Command(BaseCommand):
    help = "Run the simulated AWS on the loopback interface."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: object, **options: object) -> None:
        run(options)
