"""Environment files of Compose: `NAME=value`, comments, quotes, `export`."""

import re
from typing import Final

from services.documents.compose.interpolation import Interpolation

LINE: Final = re.compile(r"(?:export[ \t]+)?([A-Za-z_][\w.-]{0,199})[ \t]*(?:[=:](.*))?\Z")
ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "$": "$$"}
ESCAPED: Final = re.compile(r"\\(.)")


def parse(text: str, interpolation: Interpolation | None, *, raw: bool = False) -> dict[str, str | None]:
    """Return the variables; None where there is only a name. `raw` reads values as they are written."""
    found: dict[str, str | None] = {}
    for line in text.removeprefix("\ufeff").splitlines():
        match = LINE.match(line.strip())
        if match:
            name, written = match.groups()
            found[name] = written if raw or written is None else _value(written.strip(), interpolation)
    return found


def _value(written: str, interpolation: Interpolation | None) -> str:
    """Return the value: single quotes keep everything, double quotes know escapes, else a comment ends it."""
    quote = written[:1]
    end = _end_of_quote(written, quote) if quote in ("'", '"') else 0
    if end and quote == "'":
        return written[1:end]
    if end:
        value = ESCAPED.sub(lambda match: ESCAPES.get(match[1], match[0]), written[1:end])
    else:
        value = "" if quote == "#" else written.partition(" #")[0].rstrip()
    return interpolation.text(value) if interpolation else value


def _end_of_quote(written: str, quote: str) -> int:
    position = written.find(quote, 1)
    while position > 0 and quote == '"' and written[position - 1] == "\\":
        position = written.find(quote, position + 1)
    return max(position, 0)
