"""HTTP endpoints for tests and the demo, beside the AWS API: move the clock, switch faults, reset."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecsdash.sandbox.clock import RunningClock
from ecsdash.sandbox.faults.settings import Fault
from ecsdash.sandbox.http.connections import Client, images_reached
from ecsdash.sandbox.http.messages import Request, Response, json_error, json_response
from ecsdash.sandbox.persistence.state_file import dump_state, load_state, restore_state
from ecsdash.sandbox.scope import Scope

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

PREFIX = "/_sandbox/"
Params = Mapping[str, Any]


def respond(world: World, request: Request) -> Response:
    name = request.path.removeprefix(PREFIX)
    if request.method == "GET" and name in READS:
        return json_response(READS[name](world))
    if request.headers.get("content-type", "") != "application/json":
        return json_error("UnsupportedMediaType", "Send application/json.", 415)
    if request.method != "POST" or name not in CHANGES:
        return json_error("NotFound", "There is no such endpoint.", 404)
    try:
        return json_response(CHANGES[name](world, json.loads(request.body or b"{}")))
    except (ValueError, KeyError, TypeError) as error:
        return json_error("BadRequest", f"The request is not valid: {error}")


def fault_report(world: World) -> dict[str, Any]:
    now, clock = datetime.fromtimestamp(world.clock.now(), UTC), world.clock
    pace = f"{clock.speed:g} times as fast as real" if isinstance(clock, RunningClock) else "only when it is stepped"
    return {"time": f"{now:%Y-%m-%d %H:%M:%S} UTC", "pace": pace, "faults": world.faults.report()}


def switch_fault(world: World, params: Params) -> dict[str, Any]:
    """Raise ValueError for an unknown fault or a rate or delay out of range."""
    name = str(params["name"])
    with world.lock:
        if not params.get("on"):
            world.faults.switch_off(name)
        else:
            given = {field: value for field, value in params.items() if value not in (None, "")}
            rate, seconds = float(given.get("rate", 1)), float(given.get("seconds", 1))
            world.faults.switch_on(name, Fault(str(given.get("pattern", "*")), rate, seconds))
    return fault_report(world)


def _step(world: World, params: Params) -> dict[str, Any]:
    return {"now": world.driver.step(float(params["seconds"]))}


def _reset(world: World, params: Params) -> dict[str, Any]:
    world.reset()
    return {}


def _save(world: World, params: Params) -> dict[str, Any]:
    """Keep the present state in memory under a name."""
    with world.lock:
        world.kept_states[str(params["name"])] = dump_state(world)
    return {}


def _restore(world: World, params: Params) -> dict[str, Any]:
    """Return to a state that was kept; the time remains."""
    content = world.kept_states[str(params["name"])]
    with world.lock:
        world.reset()
        restore_state(world, load_state(content))
    return {}


def _limits(world: World, params: Params) -> dict[str, Any]:
    """Switch the request buckets and the policies of assumed roles; `scale` changes the size of the buckets."""
    throttle = world.plane.throttle
    throttle.enabled = bool(params.get("buckets", throttle.enabled))
    throttle.scale = float(params.get("scale", throttle.scale))
    world.middleware.policies_bind = bool(params.get("policies", world.middleware.policies_bind))
    return {"buckets": throttle.enabled, "scale": throttle.scale, "policies": world.middleware.policies_bind}


def _calls(world: World, params: Params) -> dict[str, Any]:
    """Return the number of calls and of throttled calls by action, and the time of each action's first call.

    All of them count from the last request with `reset`. Times are real seconds since the epoch.
    """
    middleware = world.middleware
    with world.lock:
        report = {
            "calls": dict(middleware.calls),
            "throttled": dict(middleware.throttled),
            "first": dict(middleware.first),
        }
        if params.get("reset"):
            middleware.calls.clear()
            middleware.throttled.clear()
            middleware.first.clear()
    return report


def _connect(world: World, params: Params) -> dict[str, Any]:
    """Return the images of the containers that accept a connection of a task to a host and port."""
    scope = Scope(str(params["account"]), str(params["region"]))
    client = Client(scope, *world.plane.network_of(scope, str(params["cluster"]), str(params["task"])))
    port = int(params["port"])
    return {"images": sorted(images_reached(world.plane, world.aws, client, str(params["host"]), port))}


READS: dict[str, Callable[[World], dict[str, Any]]] = {"state": lambda world: world.summary(), "faults": fault_report}
CHANGES: dict[str, Callable[[World, Params], dict[str, Any]]] = {
    "step": _step,
    "reset": _reset,
    "save": _save,
    "restore": _restore,
    "faults": switch_fault,
    "limits": _limits,
    "calls": _calls,
    "connect": _connect,
}
