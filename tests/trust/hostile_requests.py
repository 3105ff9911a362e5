"""Hostile requests to a page: query parameters, cookies, addresses, headers and posted forms."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.test import Client

from ecsdash.web.tables.pagination import Cursor, Order

# --- values -------------------------------------------------------------------------------------------------------
NEVER_A_TABLE = Order("another table", "name")
VALUES: Final[dict[str, str]] = {
    "empty": "",
    "nul": "a\0b",
    "20 kB": "x" * 20_000,
    "1,500 words": "word " * 1500,
    "1,500 values of a column": "status:" + "A," * 1500,
    "superscript": "²",
    "other digits": "٣",
    "negative": "-1",
    "greater than 64 bits": "99999999999999999999",
    "5,000 digits": "9" * 5000,
    "no number": "NaN",
    "infinite": "1e999",
    "escape of a surrogate": "\\udc80",
    "octal escape": '"\\262\\000"',
    "no UUID": "abc",
    "metacharacters": "%_'\"`\\;--/*()[]{}+?|^$&<>{0}%s%(x)s{{x}}",
    "many secrets": "password-" * 2200,
    "line breaks": "a\r\nSet-Cookie: x=1",
    "far planes": "\U0010ffff\u202e\u0000\ufffe😀",
    "JSON": '{"a": [null, {"b": "\\u0000\\udc80"}]}',
    "deep": "[" * 20_000,
    "no date": "0000-00-00T99:99",
    "another address": "//evil.example/\\@",
    "cursor of another table": Cursor("x", 1, 0).signed(NEVER_A_TABLE),
}
#: Query strings that no form and no client library sends.
RAW: Final = ["{name}=%ff%fe%80", "{name}=%", "{name}=%zz&&=&%00=%00", "{name}[]=1&{name}.x=2"]
REPEATED: Final = 1500

# --- parameters of a page --------------------------------------------------------------------------------------------
ALWAYS: Final = frozenset(
    [
        *("q", "sort", "at", "fragment", "format", "menu", "draft", "rows", "columns", "tab", "task", "next", "show"),
        *("from", "before", "after", "team", "user", "page", "range", "since", "until", "revision", "container"),
    ]
)
#: Parameters for which a view returns something other than the page. Each is tried alone.
OTHER_RESPONSES: tuple[str, ...] = ("fragment", "format", "menu", "draft")
SECTION = re.compile(r"[?&;]fragment=([\w-]+)")


class RecordingQueryDict(QueryDict):
    """The query of a request that records the names of the parameters read, also from its copies."""

    def __init__(self, *arguments: Any, asked: set[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.asked = asked

    def __deepcopy__(self, memo: MutableMapping[int, Any]) -> "RecordingQueryDict":
        found = RecordingQueryDict("", asked=self.asked, mutable=True, encoding=self.encoding)
        for key, values in self.lists():
            found.setlist(key, values)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().getlist(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)


def note_parameters(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware that stores the names of the query parameters read by the view in `response.asked`."""

    def inner(request: HttpRequest) -> HttpResponseBase:
        asked: set[str] = set()
        query: Any = RecordingQueryDict(request.META["QUERY_STRING"], asked=asked)
        request.GET = query
        answer = get_response(request)
        answer.asked = asked  # type: ignore[attr-defined]
        return answer

    return inner


@dataclass(frozen=True)
class Page:
    """A page, with its query parameters, live sections and form fields."""

    path: str
    parameters: tuple[str, ...]
    asked: frozenset[str]
    sections: tuple[str, ...]
    fields: dict[str, str]


def load(client: Client, path: str, more: Iterable[str], statuses: set[int]) -> Page:
    """Request a page once and return its parameters and fields. `more` are additional parameters."""
    answer: Any = client.get(path)
    assert answer.status_code in statuses, path
    assert "/account/login/" not in answer.headers.get("Location", ""), path
    text = b"".join(answer) if answer.streaming else answer.content
    html = text.decode(errors="replace")
    form = Fields()
    form.feed(html)
    asked = {*ALWAYS, *answer.asked, *more}
    return Page(
        path, tuple(sorted(asked)), frozenset(answer.asked), tuple(dict.fromkeys(SECTION.findall(html))), form.values
    )


class Fields(HTMLParser):
    """Collects the field names of a page's forms, each with one of the offered values; empty for text fields."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {key: value or "" for key, value in attrs}
        name, value = words.get("name", ""), words.get("value", "")
        if tag == "meta":
            return
        if tag == "option":
            self.values[self.select] = self.values.get(self.select) or value
        elif name:
            self.select = name if tag == "select" else ""
            offered = words.get("type") in ("hidden", "radio", "checkbox")
            self.values[name] = self.values.get(name) or (value if offered else "")


# --- requests -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class HostileRequest:
    """One request. `what` describes what is hostile about it."""

    what: str
    path: str
    query: str = ""
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookie: str = ""


def share(number: int, of: int) -> list[tuple[str, str]]:
    """Return each `of`-th value, starting at `number`. All pages together are tested with all values."""
    return list(VALUES.items())[number % of :: of]


def rotated(names: Iterable[str], turn: int) -> dict[str, str]:
    """Return every name with a value of its own. As many turns as there are values try each value for each name."""
    values = list(VALUES.values())
    return {name: values[(turn + position) % len(values)] for position, name in enumerate(names)}


def in_parameters(page: Page, number: int, turns: int = 4) -> Iterator[HostileRequest]:
    """Yield another value in each parameter, in each of OTHER_RESPONSES, in polls, and malformed queries."""
    together = [name for name in page.parameters if name not in OTHER_RESPONSES]
    for turn in range(number * turns, (number + 1) * turns):
        yield HostileRequest(f"turn {turn} in all", page.path, urlencode(rotated(together, turn)))
    for offset, name in enumerate(name for name in OTHER_RESPONSES if name in page.asked):
        for what, value in [("no UUID", VALUES["no UUID"]), *share(number + offset, 12)]:
            yield HostileRequest(f"{what} in {name}", page.path, urlencode({name: value}))
    for offset, section in enumerate(page.sections):
        turn = number * len(page.sections) + offset
        query = urlencode({**rotated(together, turn), "fragment": section})
        yield HostileRequest(f"turn {turn} in a poll of {section}", page.path, query, headers={"HX-Request": "true"})
    raw = RAW[number % len(RAW)]
    yield HostileRequest(f"{raw} in all", page.path, "&".join(raw.format(name=name) for name in page.parameters))
    name = together[number % len(together)]
    yield HostileRequest(f"{name} {REPEATED} times", page.path, "&".join([f"{name}=a"] * REPEATED))


COOKIES: Final = ("rows", "theme", "sessionid", "csrftoken", "messages", "another")


def in_cookies(page: Page, number: int, of: int = 4) -> Iterator[HostileRequest]:
    raw = [r'"\262"', r'"\355\262\200"', r'"\000"', "²", '"', "\\", "=;=;,", "%B2"]
    for offset, name in enumerate(COOKIES):
        for what, value in share(number + offset, of):
            plain = SimpleCookie({name: value}).output(header="", sep=";").strip()
            yield HostileRequest(f"{what} in the cookie {name}", page.path, cookie=plain)
        for value in raw:
            yield HostileRequest(f"{value} as the cookie {name}", page.path, cookie=f"{name}={value}")


HEADERS: Final = [
    *("HX-Request", "HX-PTag", "HX-Boosted", "HX-Current-URL", "HX-Target", "HX-Trigger", "Accept-Language"),
    *("Accept-Encoding", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID"),
    *("If-None-Match", "If-Modified-Since", "Range", "Content-Type"),
]


def in_headers(page: Page, number: int, of: int = 4) -> Iterator[HostileRequest]:
    for what, value in share(number, of):
        sent = value.encode().decode("latin-1")
        yield HostileRequest(f"{what} in the headers", page.path, headers=dict.fromkeys(HEADERS, sent))
    for section in page.sections:
        for tag in ("~", "~" * 9, "a~b~c~d~e~f~g~h", "\xc2\xb2~\xe9"):
            yield HostileRequest(f"{tag} as HX-PTag", page.path, f"fragment={section}", headers={"HX-PTag": tag})


def in_addresses(page: Page, number: int, of: int = 10) -> Iterator[HostileRequest]:
    """Yield the path with each of its parts replaced by a hostile value."""
    words = page.path.split("/")
    for position in range(1, len(words) - 1):
        for what, value in share(number + position, of):
            changed = [*words[:position], quote(value[:3000], safe=""), *words[position + 1 :]]
            yield HostileRequest(f"{what} for {words[position]}", "/".join(changed))


def in_forms(page: Page, number: int, turns: int = 3) -> Iterator[HostileRequest]:
    """Yield another value in each field, in text fields only, and in the counts and buttons of repeatable groups."""
    offered = {name: value for name, value in page.fields.items() if value}
    for turn in range(number * turns, (number + 1) * turns):
        hostile = rotated(page.fields, turn)
        yield HostileRequest(f"turn {turn} in all fields", page.path, body=hostile)
        yield HostileRequest(f"turn {turn} in the texts", page.path, body={**hostile, **offered})
    groups = [name.removesuffix("-TOTAL_FORMS") for name in page.fields if name.endswith("-TOTAL_FORMS")]
    for offset, group in enumerate(groups[:4]):
        yield from in_group(page, group, offered, number + offset)


def in_group(page: Page, group: str, offered: Mapping[str, str], number: int) -> Iterator[HostileRequest]:
    totals = ("1000000000", "", "-1", "²", "٣", "9" * 5000, "abc")
    buttons: list[dict[str, str]] = [{}, {"add": group}, {"remove": f"{group}-0"}]
    turns = [(button, totals[(number + offset) % len(totals)]) for offset, button in enumerate(buttons)]
    for button, total in [*turns, (buttons[number % len(buttons)], totals[0])]:
        counts = {f"{group}-TOTAL_FORMS": total, f"{group}-INITIAL_FORMS": total}
        yield HostileRequest(f"{total[:20]} forms of {group} {button}", page.path, body={**offered, **counts, **button})
    for position in ("²", ("٣", "-1", "9" * 5000, "", "a-b-c")[number % 5]):
        counts = {f"{group}-TOTAL_FORMS": "2", f"{group}-INITIAL_FORMS": "0", f"{group}-²-name": "x"}
        body = {**offered, **counts, f"{group}-{'9' * 5000}-name": "x", "remove": f"{group}-{position}"}
        yield HostileRequest(f"removing {position[:20]} of {group}", page.path, body=body)
