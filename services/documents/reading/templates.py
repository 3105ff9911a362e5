"""Templates in JSON text (`{{ must_env `X` }}`, `${X}`, `<X>`): put into strings, so that the JSON can be parsed."""

import json
from typing import Final

#: Beginning of a template -> its end, and whether it is looked for in strings too.
ENDS: Final = {"{{": ("}}", True), "${": ("}", False), "<": (">", False)}
LONGEST: Final = 500


def quoted(text: str) -> str:
    """Return the text with each template outside of strings as a string, and with valid escapes in the others."""
    found: list[str] = []
    position, inside = 0, False
    while position < len(text):
        template = _template(text, position, inside)
        if template:
            escaped = json.dumps(template, ensure_ascii=False)
            found.append(escaped[1:-1] if inside else escaped)
            position += len(template)
            continue
        step = 2 if inside and text[position] == "\\" else 1
        if text[position] == '"':
            inside = not inside
        found.append(text[position : position + step])
        position += step
    return "".join(found)


def _template(text: str, position: int, inside: bool) -> str:
    """Return the template that begins at the position, "" without one. Its length is limited."""
    for begin, (end, in_strings) in ENDS.items():
        if (in_strings or not inside) and text.startswith(begin, position):
            last = text.find(end, position, position + LONGEST)
            return text[position : last + len(end)] if last > 0 else ""
    return ""
