"""A door for tests and the demo, beside the AWS API: move the clock, change the weather, begin anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ecsdash.sandbox.clock import RunningClock
from ecsdash.sandbox.faults.settings import Condition
from ecsdash.sandbox.http.messages import Answer, Request, json_answer, json_error

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

PREFIX = "/_sandbox/"


def answer(world: World, request: Request) -> Answer:
    door = request.path.removeprefix(PREFIX)
    if request.method == "GET" and door in SHOWN:
        return json_answer(SHOWN[door](world))
    if request.headers.get("content-type", "") != "application/json":
        return json_error("UnsupportedMediaType", "Send application/json.", 415)
    if request.method != "POST" or door not in DONE:
        return json_error("NotFound", "There is no such door.", 404)
    try:
        return json_answer(DONE[door](world, json.loads(request.body or b"{}")))
    except (ValueError, KeyError, TypeError) as error:
        return json_error("BadRequest", f"That cannot be done: {error}")


def weather(world: World) -> dict[str, Any]:
    now, clock = datetime.fromtimestamp(world.clock.now(), UTC), world.clock
    pace = f"{clock.speed:g} times as fast as real" if isinstance(clock, RunningClock) else "only when it is stepped"
    return {"time": f"{now:%Y-%m-%d %H:%M:%S} UTC", "pace": pace, "weather": world.sky.report()}


def switch(world: World, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError for weather that cannot be had."""
    name = str(wish["name"])
    with world.lock:
        if not wish.get("on"):
            world.sky.switch_off(name)
        else:
            said = {field: value for field, value in wish.items() if value not in (None, "")}
            rate, seconds = float(said.get("rate", 1)), float(said.get("seconds", 1))
            world.sky.switch_on(name, Condition(str(said.get("pattern", "*")), rate, seconds))
    return weather(world)


def _step(world: World, wish: Mapping[str, Any]) -> dict[str, Any]:
    return {"now": world.driver.step(float(wish["seconds"]))}


def _reset(world: World, wish: Mapping[str, Any]) -> dict[str, Any]:
    world.reset()
    return {}


def _limits(world: World, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Switches the request buckets and the policies of assumed roles; `scale` makes the buckets larger or smaller."""
    throttle = world.plane.throttle
    throttle.enabled = bool(wish.get("buckets", throttle.enabled))
    throttle.scale = float(wish.get("scale", throttle.scale))
    world.gate.policies_bind = bool(wish.get("policies", world.gate.policies_bind))
    return {"buckets": throttle.enabled, "scale": throttle.scale, "policies": world.gate.policies_bind}


def _calls(world: World, wish: Mapping[str, Any]) -> dict[str, Any]:
    """How many calls came in since the last time that somebody asked with `reset`: all of them, and each throttled.

    And when each came in first, in real seconds.
    """
    gate = world.gate
    with world.lock:
        found = {"calls": dict(gate.calls), "throttled": dict(gate.throttled), "first": dict(gate.first)}
        if wish.get("reset"):
            gate.calls.clear()
            gate.throttled.clear()
            gate.first.clear()
    return found


SHOWN: dict[str, Callable[[World], dict[str, Any]]] = {"state": lambda world: world.summary(), "weather": weather}
DONE: dict[str, Callable[[World, Mapping[str, Any]], dict[str, Any]]] = {
    "step": _step,
    "reset": _reset,
    "weather": switch,
    "limits": _limits,
    "calls": _calls,
}
