"""The page of the simulated AWS itself, at its bare address: what time it is, and what goes wrong on request."""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING, Any

from ecsdash.sandbox.http import admin, pages
from ecsdash.sandbox.http.messages import Answer, Request

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

_HOSTS = {"127.0.0.1", "localhost"}
_FIELDS = {"pattern": "where", "rate": "rate", "seconds": "seconds"}


def is_asked_for(request: Request) -> bool:
    if request.credential() or request.target or request.query or request.host not in _HOSTS:
        return False
    form = request.form()
    return request.path == "/" and (request.method == "GET" or (request.method == "POST" and "token" in form))


def answer(world: World, request: Request) -> Answer:
    """A form is taken only with the token of this very process: no other page can send it."""
    if request.method == "GET":
        return _page(world)
    form = {name: values[0] for name, values in request.form().items()}
    if not hmac.compare_digest(form["token"].encode(), world.token.encode()):
        return pages.plain(403, "This form is out of date.")
    try:
        admin.switch(world, form | {"on": form.get("on") == "on"})
    except ValueError as error:
        return _page(world, str(error))
    return Answer(303, headers={"Location": "/"})


def _page(world: World, complaint: str = "") -> Answer:
    state = admin.weather(world)
    rows = "".join(_row(world.token, scenario) for scenario in state["weather"])
    told = f"<p role=alert>{escape(complaint)}</p>" if complaint else ""
    body = (
        f"{told}<p>It is {escape(state['time'])}; time runs {escape(state['pace'])}.</p>"
        "<p>Where: a task's group such as <code>service:web</code>, a zone, a call such as <code>ecs:Create*</code>, "
        "or the type of an event.</p>"
        f"<table><thead><tr><th>Weather<th>Now<th>Where, how often<th></tr></thead><tbody>{rows}</tbody></table>"
    )
    return pages.document(200, "Simulated AWS", body)


def _row(token: str, scenario: dict[str, Any]) -> str:
    name, on = escape(scenario["name"]), scenario["on"]
    turn = "off" if on else "on"
    inputs = "".join(_input(scenario, field, label) for field, label in _FIELDS.items() if field in scenario["takes"])
    return (
        f"<tr><td><b>{escape(scenario['title'])}</b><br><code>{name}</code><td>{'on' if on else 'off'}"
        f'<td><form method="post" action="/" id="{name}"><input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="name" value="{name}">{inputs}</form>'
        f'<td><button form="{name}" name="on" value="{turn}">Switch {turn}</button></tr>'
    )


def _input(scenario: dict[str, Any], field: str, label: str) -> str:
    value = escape(str(scenario["takes"][field]))
    name = escape(scenario["name"])
    return f'<label>{label} <input name="{field}" value="{value}" size="9" aria-label="{label} of {name}"></label> '
