from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ecsdash.bench import figures

#: Each is a module of ecsdash.bench with `add_arguments(parser)` and `measure(options)`, which yields figures.
SUBJECTS = {
    "audit": "verification of a long audit trail",
    "charts": "the metrics page of a service over 15 days",
    "deploy": "deployments from the click to the steady service, compared with ecs-deploy",
    "events": "calls and delay of events while tasks are replaced",
    "inventory": "sweeps compared with the request limits, and events",
    "list": "list pages and the search, as the inventory grows",
    "sandbox": "the simulated AWS: calls, memory, start-up time",
    "scale": "a large inventory, and many viewers of several web processes",
    "throttling": "operations while AWS throttles most calls",
    "watch": "polls of live sections with many viewers",
}


class Command(BaseCommand):
    help = "Measure parts of the product on this machine, with temporary servers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True)
        for name, description in SUBJECTS.items():
            subject = subjects.add_parser(name, help=description)
            subject.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
            import_module(f"ecsdash.bench.{name}").add_arguments(subject)

    def handle(self, *args: object, **options: Any) -> None:
        self.stdout.write(f"bench {options['subject']} on {figures.machine()}")
        found: list[figures.Figure] = []
        for figure in import_module(f"ecsdash.bench.{options['subject']}").measure(options):
            found.append(figure)
            self.stdout.write(figure.line())
            self.stdout.flush()
        if options["json"]:
            figures.write(options["json"], found)
