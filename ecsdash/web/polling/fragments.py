"""Live fragments: sections of a page that poll their own page for changes.

The view passes the page and its fragments to `render`. A normal GET renders the whole template. `?fragment=<name>`
renders only the template's partial of that name, or returns 304 without rendering when the fragment's version is
unchanged.

A fragment contains nothing personal: no name, and no form token (live.js inserts that of the page). A fragment whose
version consists of change counters is rendered once for all viewers with the same grants: see ecsdash.web.polling.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render as render_page
from django.template.loader import render_to_string

from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.grants_fingerprint import fingerprint_of
from ecsdash.web.polling.middleware import CONTEXT, PollContext
from ecsdash.web.polling.tickets import Binding, Ticket, tag_of

JITTER = 0.1
PERSONAL_PREFIX: Final = "own-"  # of parameters that only polls have, with personal settings of the page
FORM_TOKEN_PLACEHOLDER = "page"  # noqa: S105  live.js replaces it by the form token of the page
CHANGES_BY_ITSELF = re.compile(r"(?<=<time )[^<>]*>[^<]*|(?>csrfmiddlewaretoken)[^<>]*")
HEADING = "components/heading_status.html"  # a fragment of a page with a heading brings the status in it up to date
Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Fragment:
    """`name` is the DOM id and the name of the partial. `version` changes when the content does; None means unknown:
    the content is then rendered, and compared afterwards. `final` ends the polling.

    `calls_view`: the view enqueues a job that fetches what it shows, or depends on the time: an open page calls it at
    least once in 50 seconds.
    """

    name: str
    version: Version | None = None
    every: Literal[2, 5, 15, 60] = 5
    final: bool = False
    calls_view: bool = False


def render(request: HttpRequest, template: str, context: Context, *fragments: Fragment) -> HttpResponse:
    """Return the page, or the fragment that a poll requests. `context` may be a function, which is called only when
    something is rendered."""
    wanted = request.GET.get("fragment")
    if wanted is None:
        return render_page(request, template, _with_live(context, fragments))
    fragment = next((each for each in fragments if each.name == wanted), None)
    if fragment is None:
        raise Http404(f"This page has no live section called {wanted}")

    def render_fragment() -> str:
        values = {**_with_live(context, fragments), "csrf_token": FORM_TOKEN_PLACEHOLDER}
        body = render_to_string(f"{template}#{wanted}", values, request)
        return body + (render_to_string(HEADING, {**values, "from_fragment": True}) if values.get("heading") else "")

    return answer(request, fragment, render_fragment)


def answer(request: HttpRequest, fragment: Fragment, render_fragment: Callable[[], str]) -> HttpResponse:
    """Return the response to a poll. `render_fragment` is called unless the browser already shows this version."""
    tag = _version_tag(request, fragment)
    if tag and tag_of(_browser_tag(request)) == tag:
        return HttpResponseNotModified(headers={"HX-PTag": _ticket(request, fragment, tag, _content_of(request))})
    body = render_fragment()
    if not tag:
        return reply(request, body, content_tag(body))
    return HttpResponse(body, headers=_headers(_ticket(request, fragment, tag, content_tag(body), rendered=True)))


def reply(request: HttpRequest, body: str, tag: str) -> HttpResponse:
    """Return the rendered fragment, or 304 when the browser already shows the content with this tag."""
    known = tag_of(_browser_tag(request)) == tag
    return HttpResponseNotModified(headers=_headers(tag)) if known else HttpResponse(body, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    return {"HX-PTag": tag, "Cache-Control": "no-store"}


def content_tag(body: str) -> str:
    """Return a tag of the content, without form tokens and the relative times that the browser keeps up to date."""
    return digest(CHANGES_BY_ITSELF.sub(_fixed_part, body))


def _fixed_part(match: re.Match[str]) -> str:
    """Return what stays of a form token (nothing) or of a time: its attributes, if its text counts on by itself."""
    if match[0].startswith("csrfmiddlewaretoken"):
        return ""
    attributes = match[0].partition(">")[0]
    return attributes if "data-ago" in attributes or "data-elapsed" in attributes else match[0]


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def is_poll(request: HttpRequest) -> bool:
    return "fragment" in request.GET


def add_poll_parameter(request: HttpRequest, name: str, value: str) -> None:
    """Add a parameter to the polls of this page. Its name begins with PERSONAL_PREFIX."""
    request.__dict__.setdefault("poll_parameters", {})[name] = value


def poll_query(request: HttpRequest, fragment: Fragment) -> QueryDict:
    """Return the query of the fragment's polls."""
    query = request.GET.copy()
    if not is_poll(request):
        for name in [name for name in query if name.startswith(PERSONAL_PREFIX)]:
            del query[name]
        for name, value in getattr(request, "poll_parameters", {}).items():
            query[name] = value
    query["fragment"] = fragment.name
    return query


def attributes(request: HttpRequest, fragment: Fragment) -> dict[str, str]:
    """Return the HTML attributes of the section. A final fragment has no trigger, which stops htmx.

    The tag and the jittered poll interval are in the whole page only: the browser keeps them when it updates the
    section.
    """
    found = {"id": fragment.name, "data-live": str(fragment.every)}
    if fragment.final:
        return found
    address = poll_query(request, fragment).urlencode()
    found |= {"hx-get": f"{request.path}?{address}", "hx-swap": "outerMorph"}
    if is_poll(request):
        return found | {"hx-trigger": f"every {fragment.every * 1000}ms"}
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    interval = _poll_interval(fragment.every, digest(fragment.name, session))
    found["hx-trigger"] = f"every {interval}ms"
    tag = _version_tag(request, fragment)
    return found | ({"data-tag": _ticket(request, fragment, tag, query=address)} if tag else {})


def _poll_interval(every: int, seed: str) -> int:
    """Return the interval in milliseconds, 10 % more or less, so that pages opened together do not poll together."""
    return round(every * 1000 * (1 - JITTER + 2 * JITTER * int(seed[:4], 16) / 0xFFFF))


def _with_live(context: Context, fragments: tuple[Fragment, ...]) -> dict[str, Any]:
    values = context() if callable(context) else context
    return {**values, "live": {fragment.name: fragment for fragment in fragments}}


def _browser_tag(request: HttpRequest) -> str:
    return request.headers.get("HX-PTag", "")


def _content_of(request: HttpRequest) -> str:
    """Return the digest of the content that the browser shows, from its ticket; empty without a ticket."""
    ticket = Ticket.read(_browser_tag(request), Binding.of(request.META))
    return ticket.content if ticket else ""


def _poll_context(request: HttpRequest, fragment: Fragment) -> PollContext | None:
    """Return the context of the request when the middleware may answer the next polls of the fragment."""
    context: PollContext | None = request.META.get(CONTEXT)
    return context if context and fragment.version and context.listener.counters.trusted else None


def _ticket(
    request: HttpRequest, fragment: Fragment, tag: str, content: str = "", *, query: str = "", rendered: bool = False
) -> str:
    """Return the tag, as a ticket when the middleware may answer the next polls. `query` is that of these polls when
    this request is not one of them."""
    context, binding = _poll_context(request, fragment), Binding.of(request.META, query or None)
    if context is None or fragment.version is None or not binding.session:
        return tag
    grants = fingerprint_of(request.user)
    ticket = Ticket.issue(tag, content, grants, context.checked_at, fragment.version.counters)
    if fragment.calls_view:
        ticket = ticket.not_renewable()
    if rendered:
        context.rendered = ticket
    return ticket.header(binding)


def _version_tag(request: HttpRequest, fragment: Fragment) -> str:
    """Return a tag that is equal for equal content: same grants, parameters, page size and version. Empty when equality
    is not certain: without a version, or when counters may have changed while the view was reading."""
    version, context = fragment.version, _poll_context(request, fragment)
    if version is None or (context and not context.listener.counters.known_before(version, context.began)):
        return ""
    parameters = poll_query(request, fragment).items()
    query = urlencode(sorted((key, value) for key, value in parameters if key != "fragment"))
    person, rows = getattr(request, "user", None), request.COOKIES.get("rows", "")
    return digest(fragment.name, str(version), request.path, query, fingerprint_of(person), rows, str(fragment.final))
