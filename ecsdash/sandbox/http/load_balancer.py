"""Requests to the address of a load balancer: listener, rule, healthy target, and the page of the target."""

import fnmatch
import itertools
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from moto.elbv2.models import FakeListener, FakeLoadBalancer, elbv2_backends

from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.http import container_site, pages
from ecsdash.sandbox.http.messages import Request, Response
from ecsdash.sandbox.moto.adapters import MotoAdapters
from ecsdash.sandbox.moto.adapters.load_balancing import target_group
from ecsdash.sandbox.moto.models.load_balancing import Target
from ecsdash.sandbox.scope import Scope

SUFFIX = ".elb.localhost"
_HTTP_PORT, _HTTPS_PORT = 80, 443
_PLAIN = ("HTTP", "TCP", "TCP_UDP")
"""Protocols of listeners that take a request without TLS; those of Network Load Balancers pass it on."""


class LoadBalancers:
    def __init__(self, plane: EcsControlPlane, aws: MotoAdapters) -> None:
        self._plane = plane
        self._aws = aws
        self._turns: dict[str, Iterator[int]] = defaultdict(itertools.count)

    def respond(self, request: Request) -> Response:
        name = request.host.removesuffix(SUFFIX).rpartition(".")[2]
        found = _load_balancer(name)
        if found is None:
            return pages.plain(404, f"There is no load balancer named {name}.")
        scope, balancer = found
        listener = _listener(balancer, request)
        if listener is None or balancer.state != "active":
            return pages.plain(503, "503 Service Temporarily Unavailable")
        return self._act(scope, _action(listener, request), request)

    def _act(self, scope: Scope, action: dict[str, Any], request: Request) -> Response:
        if action["Type"] == "fixed-response":
            return _fixed(action.get("FixedResponseConfig") or {})
        if action["Type"] == "redirect":
            return _redirect(action.get("RedirectConfig") or {}, request)
        if action["Type"] != "forward":
            return pages.plain(503, "503 Service Temporarily Unavailable")
        arn = self._choose_group(action)
        target = self._choose_target(scope, arn)
        if target is None:
            return pages.plain(503, "503 Service Temporarily Unavailable")
        behind = self._plane.task_at(scope, target.id, target.port)
        return container_site.page(self._plane, self._aws, scope, behind or {}, target)

    def _choose_group(self, action: dict[str, Any]) -> str:
        """Choose a target group by weight, in turns."""
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        if not groups:
            return str(action["TargetGroupArn"])
        turns = [g["TargetGroupArn"] for g in groups for _ in range(int(g.get("Weight", 1)))]
        if not turns:
            return str(groups[0]["TargetGroupArn"])
        return str(turns[next(self._turns["|".join(sorted(set(turns)))]) % len(turns)])

    def _choose_target(self, scope: Scope, arn: str) -> Target | None:
        group = target_group(scope, arn)
        healthy = [t for t in group.current() if group.state_of(t) == "healthy"] if group else []
        return healthy[next(self._turns[arn]) % len(healthy)] if healthy else None


def _load_balancer(name: str) -> tuple[Scope, FakeLoadBalancer] | None:
    for account, regions in list(elbv2_backends.items()):
        for region, backend in list(regions.items()):
            for balancer in backend.load_balancers.values():
                if balancer.name.lower() == name:
                    return Scope(account, region), balancer
    return None


def _listener(balancer: FakeLoadBalancer, request: Request) -> FakeListener | None:
    """Return the listener on the default port of the protocol, else on the lowest: all share the port of the server."""
    usual, protocols = (_HTTPS_PORT, ("HTTPS", "TLS")) if request.encrypted else (_HTTP_PORT, _PLAIN)
    found = [each for each in balancer.listeners.values() if each.protocol in protocols]
    return min(found, key=lambda listener: (int(listener.port) != usual, int(listener.port)), default=None)


def _action(listener: FakeListener, request: Request) -> dict[str, Any]:
    """Return the last action of the first rule that matches; actions before it only authenticate."""
    rules = [rule for rule in listener.rules.values() if not rule.is_default]
    ordered = sorted(rules, key=lambda rule: int(rule.priority))
    matching = [rule.actions for rule in ordered if all(_matches(each, request) for each in rule.conditions)]
    actions = [*matching, listener.default_actions][0]
    return dict(actions[-1].data)


def _matches(condition: dict[str, Any], request: Request) -> bool:
    field = condition.get("Field")
    if field == "path-pattern":
        patterns = condition.get("Values") or (condition.get("PathPatternConfig") or {}).get("Values") or []
        return any(fnmatch.fnmatchcase(request.path, pattern) for pattern in patterns)
    if field == "host-header":
        patterns = condition.get("Values") or (condition.get("HostHeaderConfig") or {}).get("Values") or []
        return any(fnmatch.fnmatch(request.host, pattern.lower()) for pattern in patterns)
    if field == "http-request-method":
        return request.method in (condition.get("HttpRequestMethodConfig") or {}).get("Values", [])
    if field == "http-header":
        config = condition.get("HttpHeaderConfig") or {}
        value = request.headers.get(str(config.get("HttpHeaderName", "")).lower())
        return value is not None and any(fnmatch.fnmatch(value, pattern) for pattern in config.get("Values", []))
    if field == "query-string":
        pairs = urllib.parse.parse_qsl(request.query, keep_blank_values=True)
        wanted = (condition.get("QueryStringConfig") or {}).get("Values", [])
        return any(_has_parameter(each, pairs) for each in wanted)
    return False


def _has_parameter(wanted: dict[str, str], pairs: list[tuple[str, str]]) -> bool:
    key, value = wanted.get("Key") or "*", wanted.get("Value", "")
    return any(fnmatch.fnmatch(name, key) and fnmatch.fnmatch(text, value) for name, text in pairs)


def _fixed(config: dict[str, Any]) -> Response:
    headers = {"Content-Type": config.get("ContentType") or "text/plain"}
    return Response(int(config.get("StatusCode", 200)), (config.get("MessageBody") or "").encode(), headers)


def _redirect(config: dict[str, Any], request: Request) -> Response:
    """`#{host}` etc. stand for the parts of the request. The same host keeps the port of the server."""
    default = "#{protocol}://#{host}:#{port}/#{path}?#{query}"
    parts = {key.lower(): str(value) for key, value in config.items()}
    if parts.get("host", "#{host}") == "#{host}":
        parts.pop("port", "")
    for key in ("protocol", "host", "port", "path", "query"):
        default = default.replace("#{" + key + "}", parts.get(key, "#{" + key + "}").removeprefix("/"))
    own = {
        "protocol": "https" if request.encrypted else "http",
        "host": request.host,
        "port": request.headers.get("host", "").partition(":")[2] or str(_HTTP_PORT),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }
    for key, value in own.items():
        default = default.replace("#{" + key + "}", value)
    status = 301 if parts.get("statuscode") == "HTTP_301" else 302
    scheme, _, rest = default.removesuffix("?").partition("://")
    return Response(status, b"", {"Location": f"{scheme.lower()}://{rest}"})
