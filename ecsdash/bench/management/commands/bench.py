from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ecsdash.bench import figures

#: Each is a module beside this package: `add_arguments(parser)` and `measure(options)`, which yields figures.
SUBJECTS = {
    "audit": "finding what was done to a long audit trail",
    "deploy": "from the click to the steady service, beside ecs-deploy",
    "events": "calls and lag while tasks come and go",
    "inventory": "sweeps against what AWS allows, and events",
    "list": "list pages and the search, as the store grows",
    "sandbox": "the simulated AWS: calls, memory, time to seed",
    "throttling": "operations while AWS throttles most calls",
    "watch": "polls of live sections, and many viewers",
}


class Command(BaseCommand):
    help = "Measure parts of the product on this machine, on servers that are started for it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True)
        for name, words in SUBJECTS.items():
            subject = subjects.add_parser(name, help=words)
            subject.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
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
