"""The one live fragment helper: a section of a page that asks its own page for news.

The view passes the page and the fragments on it. A normal GET renders the whole template; `?fragment=<name>` renders
only the template's partial of that name, and answers 304 without rendering when the fragment's version is unchanged.

A fragment carries nothing of the person who asks: no form token (the script puts the page's own in), no name. One that
change counters alone decide is rendered once for all who have the same grants; see ecsdash.web.polls.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render as render_page
from django.template.loader import render_to_string

from ecsdash.web.polls import rights
from ecsdash.web.polls.counters import Version
from ecsdash.web.polls.lane import ASK, Ask
from ecsdash.web.polls.passes import Pass, Place, content_of, tag_of

JITTER = 0.1
FORM_MARK = "page"  # what stands for the form token of the page that a fragment goes to
CHANGES_BY_ITSELF = re.compile(r"(?<=<time )[^>]*data-(?:ago|elapsed)[^>]*>[^<]*|csrfmiddlewaretoken[^>]*")
HEADING = "components/heading_status.html"  # a fragment of a page with a heading brings the status in it up to date
Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Fragment:
    """`name` is the DOM id and the name of the partial. `version` is anything that changes when the content does;
    an empty one means unknown: the content is then rendered, and compared afterwards. `final` ends the polling.
    `hints`: the view has a job fetch what it shows, or looks at the clock; an open page calls it at least once in 50
    seconds."""

    name: str
    version: str = ""
    every: Literal[2, 5, 15, 60] = 5
    final: bool = False
    hints: bool = False


def render(request: HttpRequest, template: str, context: Context, *fragments: Fragment) -> HttpResponse:
    """`context` may be a function: it is then called only when something is really rendered."""
    wanted = request.GET.get("fragment")
    if wanted is None:
        return render_page(request, template, _filled(context, fragments))
    fragment = next((each for each in fragments if each.name == wanted), None)
    if fragment is None:
        raise Http404(f"This page has no live section called {wanted}")

    def drawn() -> str:
        values = {**_filled(context, fragments), "csrf_token": FORM_MARK}
        body = render_to_string(f"{template}#{wanted}", values, request)
        return body + (render_to_string(HEADING, {**values, "from_fragment": True}) if values.get("heading") else "")

    return answer(request, fragment, drawn)


def answer(request: HttpRequest, fragment: Fragment, drawn: Callable[[], str]) -> HttpResponse:
    """The answer to a poll. `drawn` is called when the browser may show something older."""
    tag, known = _tag(request, fragment), _known(request)
    if tag and tag_of(known) == tag:
        return HttpResponseNotModified(headers={"HX-PTag": _pass(request, fragment, tag, content_of(known))})
    body = drawn()
    if not tag:
        return reply(request, body, content_tag(body))
    return HttpResponse(body, headers=_headers(_pass(request, fragment, tag, content_tag(body), rendered=True)))


def reply(request: HttpRequest, body: str, tag: str) -> HttpResponse:
    """The rendered fragment, or 304 when the browser already shows the one that `tag` names."""
    known = tag_of(_known(request)) == tag
    return HttpResponseNotModified(headers=_headers(tag)) if known else HttpResponse(body, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    return {"HX-PTag": tag, "Cache-Control": "no-store"}


def content_tag(body: str) -> str:
    """A tag of what is shown, blind to form tokens and to "3 s ago" and "3 min 20 s", which the browser counts."""
    return digest(CHANGES_BY_ITSELF.sub(_fixed_part, body))


def _fixed_part(match: re.Match[str]) -> str:
    return match[0].partition(">")[0] if "data-" in match[0] else ""


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def attributes(request: HttpRequest, fragment: Fragment) -> dict[str, str]:
    """The attributes of the section. In its final state it has no trigger: that is what stops htmx.

    The page's own tag and pause are in the page only: the browser keeps them when it puts a fragment in.
    """
    found = {"id": fragment.name, "data-live": str(fragment.every)}
    if fragment.final:
        return found
    query = request.GET.copy()
    query["fragment"] = fragment.name
    address = query.urlencode()
    found |= {"hx-get": f"{request.path}?{address}", "hx-swap": "outerMorph"}
    if "fragment" in request.GET:
        return found | {"hx-trigger": f"every {fragment.every * 1000}ms"}
    pause = _pause(fragment.every, digest(fragment.name, request.COOKIES.get("sessionid", "")))
    found["hx-trigger"] = f"every {pause}ms"
    tag = _tag(request, fragment)
    return found | ({"data-tag": _pass(request, fragment, tag, query=address)} if tag else {})


def _pause(every: int, seed: str) -> int:
    """Milliseconds, up to a tenth more or less: browsers that opened the page together do not ask together."""
    return round(every * 1000 * (1 - JITTER + 2 * JITTER * int(seed[:4], 16) / 0xFFFF))


def _filled(context: Context, fragments: tuple[Fragment, ...]) -> dict[str, Any]:
    values = context() if callable(context) else context
    return {**values, "live": {fragment.name: fragment for fragment in fragments}}


def _known(request: HttpRequest) -> str:
    return request.headers.get("HX-PTag", "")


def _lane(request: HttpRequest, fragment: Fragment) -> Ask | None:
    """How the request came here, when the next polls of the fragment may be answered before Django."""
    ask: Ask | None = request.META.get(ASK)
    return ask if ask and isinstance(fragment.version, Version) and ask.listener.counters.trusted else None


def _pass(
    request: HttpRequest, fragment: Fragment, tag: str, content: str = "", *, query: str = "", rendered: bool = False
) -> str:
    """The tag, made a pass if the lane may answer the next polls. `query` is that of the polls, unless this is one."""
    ask, place = _lane(request, fragment), Place.of(request.META, query or None)
    if ask is None or not place.session:
        return tag
    counters = cast(Version, fragment.version).counters
    shown = Pass.issue(tag, content, rights.of(request.user), ask.checked, counters)
    if fragment.hints:
        shown = shown.once()
    if rendered:
        ask.rendered = shown
    return shown.signed(place)


def _tag(request: HttpRequest, fragment: Fragment) -> str:
    """Same content for the same rights, filters, page size and version. Empty when there is no telling: without a
    version, or with counters that may have moved while the view was reading."""
    version, ask = fragment.version, _lane(request, fragment)
    if not version or (ask and not ask.listener.counters.settled(cast(Version, version), ask.began)):
        return ""
    query = urlencode(sorted((key, value) for key, value in request.GET.items() if key != "fragment"))
    person, rows = getattr(request, "user", None), request.COOKIES.get("rows", "")
    return digest(fragment.name, version, request.path, query, rights.of(person), rows, str(fragment.final))
