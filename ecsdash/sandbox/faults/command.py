"""The command line that switches the faults of a running simulated AWS."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_DEMO_PORT = Path(__file__).resolve().parents[3] / ".data" / "sandbox-port"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--endpoint", default="", help="address of the simulated AWS; default: that of the demo in this checkout"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list the faults and their status")
    on = commands.add_parser("on", help="switch a fault on")
    on.add_argument("name")
    where = on.add_mutually_exclusive_group()
    where.add_argument("--where", default="", help="a pattern: task group, zone, call (ecs:Create*) or type of event")
    where.add_argument("--service", default="", help="only the tasks of this service")
    on.add_argument("--cluster", default="", help="only in this cluster; goes together with --service")
    on.add_argument("--rate", type=float, help="share of the calls or events that it affects, from 0 to 1")
    on.add_argument("--seconds", type=float, help="delay of the responses")
    off = commands.add_parser("off", help="switch a fault off")
    off.add_argument("name")


def run(options: Mapping[str, Any]) -> None:
    url = f"{options['endpoint'] or _endpoint()}/_sandbox/faults"
    if options["command"] == "list":
        report = _ask(Request(url))  # noqa: S310
    else:
        body = json.dumps(params_of(options)).encode()
        report = _ask(Request(url, body, {"Content-Type": "application/json"}))  # noqa: S310
    sys.stdout.write(f"{report['time']}, {report['pace']}\n")
    for fault in report["faults"]:
        sys.stdout.write(_line(fault))


def params_of(options: Mapping[str, Any]) -> dict[str, Any]:
    if options["command"] == "off":
        return {"name": options["name"], "on": False}
    where = options["where"] or (f"service:{options['service']}" if options["service"] else "")
    if options["cluster"]:
        where = f"cluster:{options['cluster']}/{where or '*'}"
    return {**{field: options[field] for field in ("name", "rate", "seconds")}, "on": True, "pattern": where}


def _line(fault: Mapping[str, Any]) -> str:
    takes = ", ".join(f"{field} {value}" for field, value in fault["takes"].items()) if fault["on"] else ""
    return f"{'on ' if fault['on'] else 'off'}  {fault['name']:<22} {takes or fault['title']}\n"


def _ask(request: Request) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 the user's own address
            report: dict[str, Any] = json.load(answer)
            return report
    except HTTPError as error:
        sys.exit(str(json.load(error).get("message")))
    except (URLError, ValueError) as error:
        sys.exit(f"no simulated AWS responds at {request.full_url}: {error}")


def _endpoint() -> str:
    """Return the address in ECSDASH_AWS_ENDPOINT_URL, else that of the demo in this checkout."""
    if given := os.environ.get("ECSDASH_AWS_ENDPOINT_URL"):
        return given.rstrip("/")
    if _DEMO_PORT.exists():
        return f"http://127.0.0.1:{_DEMO_PORT.read_text().strip()}"
    sys.exit("no demo has run in this checkout; give the address of the simulated AWS with --endpoint")
