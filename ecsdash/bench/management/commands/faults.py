import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ecsdash.bench.faults.installation import Installation
from ecsdash.bench.faults.kinds import SHORT, Fault
from ecsdash.bench.faults.run import chosen, run_fault
from ecsdash.bench.faults.workload import Workload
from ecsdash.bench.figures import machine
from ecsdash.bench.servers import bench_servers


class Command(BaseCommand):
    help = (
        "Cause faults of the database, Redis, AWS and every process while operations run, on temporary servers. "
        "One line for each fault; exit with 1 if something was lost, happened twice or did not end."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--minutes", type=float, default=5, help="each fault once, then at random, for this long")
        parser.add_argument("--operations", type=int, default=8, help="operations at the same time")
        parser.add_argument("--short", action="store_true", help="each short fault once, with a short lease")
        parser.add_argument("--only", default="", help="only faults whose name contains this")
        parser.add_argument("--json", action="store_true", help="print JSON, one line for each fault")

    def handle(self, *args: object, **options: Any) -> None:
        if not options["json"]:
            self.stdout.write(f"faults on {machine()}")
        faults: Iterable[Fault] = SHORT if options["short"] else chosen(options["minutes"], options["only"])
        failed = False
        with bench_servers() as servers:
            workload = Workload(Installation(servers, short=options["short"]), options["operations"])
            for fault in faults:
                outcome = run_fault(workload, fault)
                self.stdout.write(json.dumps(outcome.as_dict()) if options["json"] else outcome.line())
                self.stdout.flush()
                failed = failed or outcome.succeeded < outcome.tried or bool(outcome.lost + outcome.doubled)
        if failed:
            raise CommandError("Something was lost, happened twice or did not end.")
