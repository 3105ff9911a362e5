"""Placeholders that examples and templates leave in documents: `<NAME>`, `${VAR}`, `{{ value }}`, `XXXXXXXXXXXX`."""

import re
from typing import Final

#: The longest text in which placeholders are looked for, and the longest one that is found.
LONGEST_TEXT: Final = 4096
#: Each alternative is limited in length, so the search takes linear time.
PLACEHOLDER: Final = re.compile(
    r"<[A-Za-z][A-Za-z0-9 _.-]{0,60}>|\$\{[A-Za-z_][A-Za-z0-9_.:-]{0,60}\}|\{\{[^{}\n]{1,80}\}\}"
    r"|(?<![A-Za-z0-9])[Xx]{8,20}(?![A-Za-z0-9])"
)
#: In a command, `${VAR}` and `$VAR` are the shell's and `<` redirects: only what no shell uses counts.
IN_COMMAND: Final = re.compile(r"<[A-Z][A-Z0-9_-]{0,60}>|\{\{ [^{}\n]{1,80} \}\}")


def placeholder_in(text: str, *, command: bool = False) -> str:
    """Return the first placeholder in a text, "" if there is none."""
    found = (IN_COMMAND if command else PLACEHOLDER).search(text[:LONGEST_TEXT])
    return found[0] if found else ""
