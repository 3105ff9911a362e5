"""Text with ANSI escape sequences, as programs write it to a terminal: colours become classes, all else is removed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: CSI with parameters and final byte; OSC up to its end; other sequences of two characters.
_ESCAPE: Final = re.compile(r"\x1b(?:\[([0-9;]*)[ -?]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", re.DOTALL)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_RESET, _BOLD, _NORMAL, _DEFAULT, _EXTENDED = 0, 1, 22, 39, 38


@dataclass(frozen=True)
class Styled:
    """`classes` are those of the style sheet: "ansi-red ansi-bold"."""

    text: str
    classes: str = ""


def styled(text: str) -> Iterator[Styled]:
    """Yield the parts of a line with their colour and weight. The text contains no control characters but tabs."""
    at, colour, bold = 0, "", False
    for match in _ESCAPE.finditer(text):
        yield from _part(text[at : match.start()], colour, bold)
        at = match.end()
        if match[2] == "m":
            colour, bold = _style(match[1], colour, bold)
    yield from _part(text[at:], colour, bold)


def plain(text: str) -> str:
    """Return the text without escape sequences."""
    return "".join(part.text for part in styled(text))


def _part(text: str, colour: str, bold: bool) -> Iterator[Styled]:
    cleaned = _CONTROLS.sub("", text)
    if cleaned:
        classes = [*([f"ansi-{colour}"] if colour else []), *(["ansi-bold"] if bold else [])]
        yield Styled(cleaned, " ".join(classes))


def _style(parameters: str, colour: str, bold: bool) -> tuple[str, bool]:
    """Return colour and weight after a sequence "select graphic rendition" with these parameters."""
    codes = iter([int(each) for each in parameters[:100].split(";") if each] or [_RESET])
    for code in codes:
        if code == _RESET:
            colour, bold = "", False
        elif code in (_BOLD, _NORMAL):
            bold = code == _BOLD
        elif code == _DEFAULT:
            colour = ""
        elif code == _EXTENDED:  # 38;5;N or 38;2;R;G;B: none of the eight colours
            for _ in range(1 if next(codes, 0) == 5 else 3):
                next(codes, 0)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            colour = _COLOURS[code % 10]
    return colour, bold
