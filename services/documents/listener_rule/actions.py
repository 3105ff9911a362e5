"""What a listener rule does with a request. Stored: {"type": "forward", "groups": [{"arn", "weight"}], "sticky"},
{"type": "redirect", ...} or {"type": "fixed-response", ...}; of other actions (sign-in) the type only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ecsdash.access.references import name_of

Json = Mapping[str, Any]
FORWARD, REDIRECT, FIXED = "forward", "redirect", "fixed-response"
KINDS: Final = (FORWARD, REDIRECT, FIXED)
#: Parts of a redirect with their defaults, which keep those of the request.
REDIRECTS: Final = {
    "Protocol": "#{protocol}", "Host": "#{host}", "Port": "#{port}", "Path": "/#{path}", "Query": "#{query}",
}  # fmt: skip


def stored(actions: Iterable[Json]) -> list[dict[str, Any]]:
    """Return actions of the API as they are stored, in their order. Settings of sign-in actions are left out."""
    return [_stored(each) for each in sorted(actions, key=lambda each: each.get("Order", 0))]


def _stored(action: Json) -> dict[str, Any]:
    kind = str(action["Type"])
    if kind == FORWARD:
        config: Json = action.get("ForwardConfig") or {}
        groups = config.get("TargetGroups") or [{"TargetGroupArn": action.get("TargetGroupArn", ""), "Weight": 1}]
        sticky: Json = config.get("TargetGroupStickinessConfig") or {}
        listed = [{"arn": each["TargetGroupArn"], "weight": int(each.get("Weight", 1))} for each in groups]
        seconds = int(sticky.get("DurationSeconds") or 0) if str(sticky.get("Enabled")).lower() == "true" else 0
        return {"type": kind, "groups": sorted(listed, key=lambda each: each["arn"]), "sticky": seconds}
    if kind == REDIRECT:
        parts: Json = action.get("RedirectConfig") or {}
        named = {name.lower(): str(parts.get(name) or default) for name, default in REDIRECTS.items()}
        return {"type": kind, **named, "code": str(parts.get("StatusCode", ""))}
    if kind == FIXED:
        answer: Json = action.get("FixedResponseConfig") or {}
        text = {"content_type": str(answer.get("ContentType") or ""), "body": str(answer.get("MessageBody") or "")}
        return {"type": kind, "code": str(answer.get("StatusCode", "")), **text}
    return {"type": kind}


def parameters(actions: Sequence[Json]) -> list[dict[str, Any]]:
    """Return stored actions as the API takes them."""
    return [_parameter(each) for each in actions]


def _parameter(action: Json) -> dict[str, Any]:
    if action["type"] == FORWARD:
        groups = [{"TargetGroupArn": each["arn"], "Weight": each["weight"]} for each in action["groups"]]
        seconds = action["sticky"]
        stickiness = {"Enabled": bool(seconds), **({"DurationSeconds": seconds} if seconds else {})}
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
        return {"Type": FORWARD, "ForwardConfig": config}
    if action["type"] == REDIRECT:
        parts = {name: action[name.lower()] for name in REDIRECTS}
        return {"Type": REDIRECT, "RedirectConfig": {**parts, "StatusCode": action["code"]}}
    text = {"ContentType": action["content_type"], "MessageBody": action["body"]}
    given = {name: value for name, value in text.items() if value}
    return {"Type": FIXED, "FixedResponseConfig": {"StatusCode": action["code"], **given}}


def known(actions: Sequence[Json]) -> bool:
    """Return whether the form can hold the actions: one, and no sign-in before it."""
    return len(actions) == 1 and actions[0]["type"] in KINDS


def forwarded(actions: Iterable[Json]) -> list[tuple[str, int]]:
    """Return (ARN, weight) of the target groups of stored actions."""
    return [(each["arn"], each["weight"]) for action in actions for each in action.get("groups", ())]


def words(actions: Sequence[Json]) -> str:
    """Return where a request goes: `web 90 %, web-alternate 10 %`, or the redirect or response that it gets."""
    return ", then ".join(_words(each) for each in actions) or "nothing"


def _words(action: Json) -> str:
    if action["type"] == FORWARD:
        total = sum(each["weight"] for each in action["groups"])
        named = [(name_of("target_group", each["arn"]), each["weight"]) for each in action["groups"]]
        if len(named) == 1:
            return named[0][0]
        return ", ".join(f"{name} {100 * weight / (total or 1):.3g} %" for name, weight in named)
    if action["type"] == REDIRECT:
        return f"a redirect to {redirect_target(action)}"
    if action["type"] == FIXED:
        return f"the response {action['code']}"
    return str(action["type"]).replace("-", " ")


def redirect_target(action: Json) -> str:
    """Return the address of a redirect; parts of the request stay in their notation: `https://#{host}:443/#{path}`."""
    query = "" if action["query"] in ("", "#{query}") else f"?{action['query']}"
    return f"{action['protocol'].lower()}://{action['host']}:{action['port']}{action['path']}{query}"
