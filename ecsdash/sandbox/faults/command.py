"""Speaks to a sandbox that runs already, through the door beside its API."""

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
    parser.add_argument("--endpoint", default="", help="where the sandbox listens; found by itself for the demo's")
    wishes = parser.add_subparsers(dest="wish", required=True)
    wishes.add_parser("list", help="what can be switched, and what is on")
    on = wishes.add_parser("on", help="switch one on")
    on.add_argument("name")
    where = on.add_mutually_exclusive_group()
    where.add_argument("--where", default="", help="a pattern: task group, zone, call (ecs:Create*) or type of event")
    where.add_argument("--service", default="", help="only the tasks of this service")
    on.add_argument("--cluster", default="", help="only in this cluster; goes together with --service")
    on.add_argument("--rate", type=float, help="how many of the calls or events it strikes, from 0 to 1")
    on.add_argument("--seconds", type=float, help="by how much calls are late")
    off = wishes.add_parser("off", help="switch one off")
    off.add_argument("name")


def run(options: Mapping[str, Any]) -> None:
    url = f"{options['endpoint'] or _endpoint()}/_sandbox/weather"
    if options["wish"] == "list":
        said = _ask(Request(url))  # noqa: S310
    else:
        body = json.dumps(wish_of(options)).encode()
        said = _ask(Request(url, body, {"Content-Type": "application/json"}))  # noqa: S310
    sys.stdout.write(f"{said['time']}, {said['pace']}\n")
    for scenario in said["weather"]:
        sys.stdout.write(_line(scenario))


def wish_of(options: Mapping[str, Any]) -> dict[str, Any]:
    if options["wish"] == "off":
        return {"name": options["name"], "on": False}
    where = options["where"] or (f"service:{options['service']}" if options["service"] else "")
    if options["cluster"]:
        where = f"cluster:{options['cluster']}/{where or '*'}"
    return {**{field: options[field] for field in ("name", "rate", "seconds")}, "on": True, "pattern": where}


def _line(scenario: Mapping[str, Any]) -> str:
    takes = ", ".join(f"{field} {value}" for field, value in scenario["takes"].items()) if scenario["on"] else ""
    return f"{'on ' if scenario['on'] else 'off'}  {scenario['name']:<22} {takes or scenario['title']}\n"


def _ask(request: Request) -> dict[str, Any]:
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 the user's own address
            said: dict[str, Any] = json.load(answer)
            return said
    except HTTPError as error:
        sys.exit(str(json.load(error).get("message")))
    except (URLError, ValueError) as error:
        sys.exit(f"no simulated AWS answers at {request.full_url}: {error}")


def _endpoint() -> str:
    """The product's own setting, else the demo that runs in this checkout."""
    if given := os.environ.get("ECSDASH_AWS_ENDPOINT_URL"):
        return given.rstrip("/")
    if _DEMO_PORT.exists():
        return f"http://127.0.0.1:{_DEMO_PORT.read_text().strip()}"
    sys.exit("no demo has run here; say where the sandbox listens with --endpoint")
