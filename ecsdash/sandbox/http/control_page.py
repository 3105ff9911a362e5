"""The control page of the simulated AWS, at its bare address: the time, and the switches of the faults."""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING, Any

from ecsdash.sandbox.http import admin, pages
from ecsdash.sandbox.http.messages import Request, Response

if TYPE_CHECKING:
    from ecsdash.sandbox.world import World

_HOSTS = {"127.0.0.1", "localhost"}
_FIELDS = {"pattern": "pattern", "rate": "rate", "seconds": "seconds"}


def is_requested(request: Request) -> bool:
    if request.credential() or request.target or request.query or request.host not in _HOSTS:
        return False
    form = request.form()
    return request.path == "/" and (request.method == "GET" or (request.method == "POST" and "token" in form))


def respond(world: World, request: Request) -> Response:
    """A form is accepted only with the token of this process, which no other web page can know."""
    if request.method == "GET":
        return _page(world)
    form = {name: values[0] for name, values in request.form().items()}
    if not hmac.compare_digest(form["token"].encode(), world.token.encode()):
        return pages.plain(403, "This form is out of date.")
    try:
        admin.switch_fault(world, form | {"on": form.get("on") == "on"})
    except ValueError as error:
        return _page(world, str(error))
    return Response(303, headers={"Location": "/"})


def _page(world: World, error: str = "") -> Response:
    report = admin.fault_report(world)
    rows = "".join(_row(world.token, fault) for fault in report["faults"])
    alert = f"<p role=alert>{escape(error)}</p>" if error else ""
    body = (
        f"{alert}<p>It is {escape(report['time'])}; time runs {escape(report['pace'])}.</p>"
        "<p>Pattern: a task group such as <code>service:web</code>, an Availability Zone, a call such as "
        "<code>ecs:Create*</code>, or the type of an event.</p>"
        f"<table><thead><tr><th>Fault<th>Status<th>Applies to<th></tr></thead><tbody>{rows}</tbody></table>"
    )
    return pages.document(200, "Simulated AWS", body)


def _row(token: str, fault: dict[str, Any]) -> str:
    name, on = escape(fault["name"]), fault["on"]
    turn = "off" if on else "on"
    inputs = "".join(_input(fault, field, label) for field, label in _FIELDS.items() if field in fault["takes"])
    return (
        f"<tr><td><b>{escape(fault['title'])}</b><br><code>{name}</code><td>{'on' if on else 'off'}"
        f'<td><form method="post" action="/" id="{name}"><input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="name" value="{name}">{inputs}</form>'
        f'<td><button form="{name}" name="on" value="{turn}">Switch {turn}</button></tr>'
    )


def _input(fault: dict[str, Any], field: str, label: str) -> str:
    value = escape(str(fault["takes"][field]))
    name = escape(fault["name"])
    return f'<label>{label} <input name="{field}" value="{value}" size="9" aria-label="{label} of {name}"></label> '
