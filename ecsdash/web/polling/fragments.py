"""The one helper for live fragments: sections of a page that poll their own page for changes.

The view passes the page and the fragments on it. A normal GET renders the whole template; `?fragment=<name>` renders
only the template's partial of that name, and answers 304 without rendering when the fragment's version is unchanged.

A fragment carries nothing of the person who asks: no form token (the script puts the page's own in), no name. One that
change counters alone decide is rendered once for all viewers with the same grants: see ecsdash.web.polling.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render as render_page
from django.template.loader import render_to_string

from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.grants_fingerprint import fingerprint_of
from ecsdash.web.polling.middleware import CONTEXT, PollContext
from ecsdash.web.polling.tickets import Binding, Ticket, tag_of

JITTER = 0.1
OWN: Final = "own-"  # how words begin that polls ask with and addresses do not show
FORM_MARK = "page"  # what stands for the form token of the page that a fragment goes to
CHANGES_BY_ITSELF = re.compile(r"(?<=<time )[^>]*data-(?:ago|elapsed)[^>]*>[^<]*|csrfmiddlewaretoken[^>]*")
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
    tag, known = _version_tag(request, fragment), _known(request)
    if tag and tag_of(known) == tag:
        return HttpResponseNotModified(headers={"HX-PTag": _ticket(request, fragment, tag, _content_of(request))})
    body = drawn()
    if not tag:
        return reply(request, body, content_tag(body))
    return HttpResponse(body, headers=_headers(_ticket(request, fragment, tag, content_tag(body), rendered=True)))


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


def is_poll(request: HttpRequest) -> bool:
    return "fragment" in request.GET


def ask_with(request: HttpRequest, word: str, value: str) -> None:
    """Have the polls of this page ask with a word (it begins with OWN) that says what its person has chosen."""
    request.__dict__.setdefault("poll_words", {})[word] = value


def poll_query(request: HttpRequest, fragment: Fragment) -> QueryDict:
    """Return the query of the fragment's polls."""
    query = request.GET.copy()
    if not is_poll(request):
        for word in [word for word in query if word.startswith(OWN)]:
            del query[word]
        for word, value in getattr(request, "poll_words", {}).items():
            query[word] = value
    query["fragment"] = fragment.name
    return query


def attributes(request: HttpRequest, fragment: Fragment) -> dict[str, str]:
    """The attributes of the section. In its final state it has no trigger: that is what stops htmx.

    The page's own tag and pause are in the page only: the browser keeps them when it puts a fragment in.
    """
    found = {"id": fragment.name, "data-live": str(fragment.every)}
    if fragment.final:
        return found
    address = poll_query(request, fragment).urlencode()
    found |= {"hx-get": f"{request.path}?{address}", "hx-swap": "outerMorph"}
    if is_poll(request):
        return found | {"hx-trigger": f"every {fragment.every * 1000}ms"}
    pause = _pause(fragment.every, digest(fragment.name, request.COOKIES.get("sessionid", "")))
    found["hx-trigger"] = f"every {pause}ms"
    tag = _version_tag(request, fragment)
    return found | ({"data-tag": _ticket(request, fragment, tag, query=address)} if tag else {})


def _pause(every: int, seed: str) -> int:
    """Milliseconds, up to a tenth more or less: browsers that opened the page together do not ask together."""
    return round(every * 1000 * (1 - JITTER + 2 * JITTER * int(seed[:4], 16) / 0xFFFF))


def _filled(context: Context, fragments: tuple[Fragment, ...]) -> dict[str, Any]:
    values = context() if callable(context) else context
    return {**values, "live": {fragment.name: fragment for fragment in fragments}}


def _known(request: HttpRequest) -> str:
    return request.headers.get("HX-PTag", "")


def _content_of(request: HttpRequest) -> str:
    """Return the digest of what the browser shows, as its ticket says; empty when it holds none."""
    ticket = Ticket.read(_known(request), Binding.of(request.META))
    return ticket.content if ticket else ""


def _poll_context(request: HttpRequest, fragment: Fragment) -> PollContext | None:
    """How the request came here, when the next polls of the fragment may be answered before Django."""
    context: PollContext | None = request.META.get(CONTEXT)
    return context if context and fragment.version and context.listener.counters.trusted else None


def _ticket(
    request: HttpRequest, fragment: Fragment, tag: str, content: str = "", *, query: str = "", rendered: bool = False
) -> str:
    """The tag, made a ticket if the next polls may be answered before Django. `query` is that of the polls, unless
    this is one."""
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
    """Equal for equal content: the same grants, filters, page size and version. Empty when that cannot be told: without
    a version, or with counters that may have moved while the view was reading."""
    version, context = fragment.version, _poll_context(request, fragment)
    if version is None or (context and not context.listener.counters.known_before(version, context.began)):
        return ""
    asked = poll_query(request, fragment).items()
    query = urlencode(sorted((key, value) for key, value in asked if key != "fragment"))
    person, rows = getattr(request, "user", None), request.COOKIES.get("rows", "")
    return digest(fragment.name, str(version), request.path, query, fingerprint_of(person), rows, str(fragment.final))
