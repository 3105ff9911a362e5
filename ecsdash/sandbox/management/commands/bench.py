from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from ecsdash.sandbox.bench import report


class Command(BaseCommand):
    help = "Measure parts of the product on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True)
        sandbox = subjects.add_parser("sandbox", help="the simulated AWS: calls, memory, time to seed")
        sandbox.add_argument(
            "--estate", default="100x50x20", help="its size: clusters, services in each, tasks in each"
        )
        sandbox.add_argument("--seconds", type=float, default=5.0, help="how long to ask for tasks")

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(report(str(options["estate"]), float(str(options["seconds"]))))
