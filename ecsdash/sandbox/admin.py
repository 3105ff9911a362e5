"""A door for tests and the demo, beside the AWS API: move the clock, look at the state, begin anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecsdash.sandbox.wire import Answer, Request, json_answer, json_error

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

PREFIX = "/_sandbox/"


def answer(world: World, request: Request) -> Answer:
    door = (request.method, request.path.removeprefix(PREFIX))
    if door == ("GET", "state"):
        return json_answer(world.summary())
    if request.headers.get("content-type", "") != "application/json":
        return json_error("UnsupportedMediaType", "Send application/json.", 415)
    if door == ("POST", "step"):
        return _step(world, request)
    if door == ("POST", "reset"):
        world.reset()
        return json_answer({})
    return json_error("NotFound", "There is no such door.", 404)


def _step(world: World, request: Request) -> Answer:
    try:
        seconds = float(json.loads(request.body)["seconds"])
        return json_answer({"now": world.driver.step(seconds)})
    except (ValueError, KeyError, TypeError) as error:
        return json_error("BadRequest", f"A step needs a stepped clock and its seconds: {error}")
