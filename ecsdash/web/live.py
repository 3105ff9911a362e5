"""The one live fragment helper: a section of a page that asks its own page for news.

The view passes the page and the fragments on it. A normal GET renders the whole template; `?fragment=<name>` renders
only the template's partial of that name, and answers 304 without rendering when the fragment's version is unchanged.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render as render_page
from django.template.loader import render_to_string

JITTER = 0.1
CHANGES_BY_ITSELF = re.compile(r"(?<=<time )[^>]*data-ago[^>]*>[^<]*|csrfmiddlewaretoken[^>]*")
Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Fragment:
    """`name` is the DOM id and the name of the partial. `version` is anything that changes when the content does;
    an empty one means unknown: the content is then rendered, and compared afterwards. `final` ends the polling."""

    name: str
    version: str = ""
    every: Literal[2, 5, 15, 60] = 5
    final: bool = False


def render(request: HttpRequest, template: str, context: Context, *fragments: Fragment) -> HttpResponse:
    """`context` may be a function: it is then called only when something is really rendered."""
    wanted = request.GET.get("fragment")
    if wanted is None:
        return render_page(request, template, _filled(context, fragments))
    fragment = next((each for each in fragments if each.name == wanted), None)
    if fragment is None:
        raise Http404(f"This page has no live section called {wanted}")
    tag = _tag(request, fragment)
    if tag and _known(request) == tag:
        return HttpResponseNotModified(headers={"HX-PTag": tag})
    body = render_to_string(f"{template}#{wanted}", _filled(context, fragments), request)
    return reply(request, body, tag or content_tag(body))


def reply(request: HttpRequest, body: str, tag: str) -> HttpResponse:
    """The rendered fragment, or 304 when the browser already shows the one that `tag` names."""
    headers = {"HX-PTag": tag, "Cache-Control": "no-store"}
    return HttpResponseNotModified(headers=headers) if _known(request) == tag else HttpResponse(body, headers=headers)


def content_tag(body: str) -> str:
    """A tag of what is shown, blind to form tokens and to "3 s ago", which the browser keeps up to date itself."""
    return digest(CHANGES_BY_ITSELF.sub(_fixed_part, body))


def _fixed_part(match: re.Match[str]) -> str:
    return match[0].partition(">")[0] if "data-ago" in match[0] else ""


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def attributes(request: HttpRequest, fragment: Fragment) -> dict[str, str]:
    """The attributes of the section. In its final state it has no trigger: that is what stops htmx."""
    found = {"id": fragment.name, "data-live": str(fragment.every)}
    if fragment.final:
        return found
    query = request.GET.copy()
    query["fragment"] = fragment.name
    pause = _pause(fragment.every, digest(fragment.name, request.COOKIES.get("sessionid", "")))
    found |= {
        "hx-get": f"{request.path}?{query.urlencode()}",
        "hx-trigger": f"every {pause}ms",
        "hx-swap": "outerMorph",
    }
    tag = _tag(request, fragment)
    return found | ({"hx-ptag": tag} if tag else {})


def _pause(every: int, seed: str) -> int:
    """Milliseconds, up to a tenth more or less: browsers that opened the page together do not ask together."""
    return round(every * 1000 * (1 - JITTER + 2 * JITTER * int(seed[:4], 16) / 0xFFFF))


def _filled(context: Context, fragments: tuple[Fragment, ...]) -> dict[str, Any]:
    values = context() if callable(context) else context
    return {**values, "live": {fragment.name: fragment for fragment in fragments}}


def _known(request: HttpRequest) -> str:
    return request.headers.get("HX-PTag", "")


def _tag(request: HttpRequest, fragment: Fragment) -> str:
    """Same content for the same person, filters, page size and version."""
    if not fragment.version:
        return ""
    query = urlencode(sorted((key, value) for key, value in request.GET.items() if key != "fragment"))
    person = getattr(request, "user", None)
    return digest(
        fragment.name,
        fragment.version,
        request.path,
        query,
        str(person.pk if person else ""),
        request.COOKIES.get("rows", ""),
        str(fragment.final),
    )
