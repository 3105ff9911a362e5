"""The command line of the simulated AWS, shared by `python -m ecsdash.sandbox` and `manage.py sandbox`."""

import gc
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ecsdash.sandbox.faults import command as faults_command

_SCENARIOS = "what exists at the start: empty, small, or a size as 10x20x5: clusters, services in each, tasks in each"
_AMBIENT = (
    "MOTO_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL",
)


def add_arguments(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True)
    serve = commands.add_parser("serve", help="serve the AWS API on the loopback interface")
    serve.add_argument("--port", type=int, default=0, help="0 picks a free one")
    serve.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second; 0: stepped by hand")
    serve.add_argument("--scenario", default="empty", help=_SCENARIOS)
    serve.add_argument("--state", type=Path, help="a file that keeps the state between runs")
    serve.add_argument("--seed", type=int, default=0, help="the same seed gives the same history")
    faults_command.add_arguments(commands.add_parser("faults", help="switch faults of a running simulated AWS"))


def run(options: Mapping[str, Any]) -> None:
    if options["action"] == "faults":
        faults_command.run(options)
    else:
        _serve(options)


def _serve(options: Mapping[str, Any]) -> None:
    _remove_ambient_credentials()
    _cache_service_models()
    from ecsdash.sandbox.scenarios import named
    from ecsdash.sandbox.world import World

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        scenario = named(options["scenario"])
        world = World(options["port"], speed=options["speed"], seed=options["seed"], state_file=options["state"])
    except ValueError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"cannot listen on port {options['port']}: {error.strerror}")
    world.start(scenario)
    gc.freeze()  # what exists now stays: the collector need not look through it
    sys.stdout.write(f"listening on {world.url}\n")
    sys.stdout.flush()
    stopped.wait()
    world.stop()


def _cache_service_models() -> None:
    """botocore reads the models of the AWS services for each session; moto and the scenarios make many sessions."""
    import botocore.session

    botocore.session.create_loader = cache(botocore.session.create_loader)


def main() -> None:
    parser = ArgumentParser(prog="python -m ecsdash.sandbox", description="A simulated AWS for ECS.")
    add_arguments(parser)
    run(vars(parser.parse_args()))


def _remove_ambient_credentials() -> None:
    """moto makes boto3 sessions; none of them may use a real account."""
    for name in _AMBIENT:
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
