"""Variables in a Compose file: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR:?message}`, `${VAR:+other}`, `$$`.

A variable without a value and without a default stays as `${VAR}`, and is asked for.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Report
from services.documents.readings import Budget, Placeholder

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
OPERATOR: Final = re.compile(r":?[-?+]")
LONGEST, DEEPEST = 2_000, 8


class Interpolation:
    """Replaces variables. `asked` are those without a value or with their default, by name."""

    def __init__(self, variables: Mapping[str, str], report: Report) -> None:
        self.variables = variables
        self.report = report
        self.asked: dict[str, Placeholder] = {}
        self.budget = Budget()

    def value(self, value: Any, pointer: str = "") -> Any:
        """Return the value with variables replaced in all texts; keys stay as they are."""
        if isinstance(value, str):
            return self.text(value, pointer) if "$" in value else value
        if isinstance(value, Mapping):
            return {name: self.value(each, below(pointer, name)) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, below(pointer, number)) for number, each in enumerate(value)]
        return value

    def text(self, text: str, pointer: str = "", depth: int = 0) -> str:
        """Return the text with variables replaced; after a dollar sign that begins none, it stays as it is."""
        found, position = [], 0
        while (dollar := text.find("$", position)) >= 0:
            found.append(text[position:dollar])
            position = dollar
            if (variable := self._variable(text, dollar, pointer, depth)) is None:
                self._invalid(pointer)
                break
            found.append(self.budget.spend(variable[0]))
            position = variable[1]
        return "".join(found) + text[position:]

    def _variable(self, text: str, dollar: int, pointer: str, depth: int) -> tuple[str, int] | None:
        """Return what stands for the variable at the dollar sign, and where the text goes on; None if it is none."""
        after = dollar + 1
        if text.startswith("$", after):
            return "$", after + 1
        if match := NAME.match(text, after):
            return self._value(match[0]), match.end()
        end = _closing(text, after) if text.startswith("{", after) and depth < DEEPEST else 0
        match = NAME.match(text, after + 1) if end else None
        if match is None:
            return None
        operator = OPERATOR.match(text, match.end())
        word = text[operator.end() : end] if operator else ""
        if not operator and match.end() != end:
            return None
        return self._expanded(match[0], operator[0] if operator else "", word, pointer, depth), end + 1

    def _expanded(self, name: str, operator: str, word: str, pointer: str, depth: int) -> str:
        given = self.variables.get(name)
        missing = given is None or (operator.startswith(":") and not given)
        if operator.endswith("+"):
            return "" if missing else self.text(word, pointer, depth + 1)
        if not operator.endswith("-"):
            return self._value(name)
        default = self.text(word, pointer, depth + 1)
        self.asked.setdefault(name, Placeholder(name, f"${{{name}}}", default))
        return default if missing or given is None else given

    def _value(self, name: str) -> str:
        written = f"${{{name}}}"
        self.asked.setdefault(name, Placeholder(name, written))
        return self.variables.get(name) or written

    def _invalid(self, pointer: str) -> None:
        what = "A dollar sign begins no variable. The text is kept from there on."
        self.report.changed(pointer, what, how="Write $$ for a dollar sign, ${NAME} for a variable.")


def _closing(text: str, brace: int) -> int:
    """Return the position of the brace that closes the one at `brace`; 0 without one in reach."""
    depth = 0
    for position in range(brace, min(len(text), brace + LONGEST)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return 0
