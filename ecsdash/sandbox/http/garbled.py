"""Answers of something between the dashboard and AWS, sent after a call has taken effect."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ecsdash.sandbox.http.messages import Response

_PAGE: Final = b"<html><head><title>Error</title></head><body>Something else<br></body></html>"
KINDS: Final[tuple[Callable[[Response], Response], ...]] = (
    lambda answer: Response(200, _PAGE, {"Content-Type": "text/html"}),
    lambda answer: Response(404, _PAGE, {"Content-Type": "text/html"}),
    lambda answer: Response(502, _PAGE, {"Content-Type": "text/html"}),
    lambda answer: Response(200, b"", {}),
    lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]),
    lambda answer: replace(answer, body=b"[]" if answer.body.startswith(b"{") else b"<list></list>"),
)
