"""Twelve kinds of responses that are not AWS's answer, made from the answer itself."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from tests.operations.tollgate import Answered, response_bytes

HTML: Final = b"<html><head><title>Error</title></head><body><p>Something else<br></body></html>"
PAGE: Final = [("Content-Type", "text/html")]
NOT_HTTP: Final = b"\x15\x03\x03\x00\x02\x02\x28\x00\xff" * 8
_RESULT = re.compile(rb"(<\w+Response\b[^>]*>).*(</\w+Response>)", re.DOTALL)


def _is_json(content: bytes) -> bool:
    return not content.lstrip().startswith(b"<")


def _each_member(answered: Answered, changed: Callable[[Any], Any], xml: bytes) -> bytes:
    """Return the answer with each member of the object changed; in XML, with `xml` in place of all members."""
    status, headers, content = answered
    if _is_json(content):
        content = json.dumps({name: changed(value) for name, value in json.loads(content or b"{}").items()}).encode()
    else:
        content = _RESULT.sub(rb"\1" + xml + rb"\2", content)
    return response_bytes(status, headers, content)


def _other_type(value: Any) -> Any:
    return ["other"] if isinstance(value, str) else "other"


def _without_members(answered: Answered) -> bytes:
    status, headers, content = answered
    return response_bytes(status, headers, b"{}" if _is_json(content) else _RESULT.sub(rb"\1\2", content))


def _half(answered: Answered) -> bytes:
    status, headers, content = answered
    return response_bytes(status, headers, content[: len(content) // 2])


def _cut_off(answered: Answered) -> bytes:
    status, headers, content = answered
    return response_bytes(status, headers, content[: len(content) // 2], promised=max(len(content), 1))


def _not_an_object(answered: Answered) -> bytes:
    status, headers, content = answered
    return response_bytes(status, headers, b"[]" if _is_json(content) else b"<list></list>")


def _page(status: int) -> Callable[[Answered], bytes]:
    return lambda answered: response_bytes(status, PAGE, HTML)


KINDS: Final[dict[str, Callable[[Answered], bytes]]] = {
    "HTML with status 200": _page(200),
    "HTML with status 404": _page(404),
    "HTML with status 408": _page(408),
    "HTML with status 502": _page(502),
    "an empty body": lambda answered: response_bytes(200, PAGE, b""),
    "null members": lambda answered: _each_member(answered, lambda value: None, b""),
    "missing members": _without_members,
    "half a body": _half,
    "a body that is cut off": _cut_off,
    "members of another type": lambda answered: _each_member(answered, _other_type, b"other"),
    "a list instead of an object": _not_an_object,
    "bytes that are not HTTP": lambda answered: NOT_HTTP,
}
