"""The cluster query language of `memberOf` constraints, such as `attribute:ecs.instance-type =~ t3.*`.

An expression is true, false, or not judged (None): it names something that the inventory does not know, or uses a
regular expression beyond literal text, `.` and `.*`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

#: The values of a subject on one instance; a subject that is missing here and is no attribute is not known.
Facts = Mapping[str, Sequence[str]]
Truth = bool | None

ATTRIBUTE: Final = "attribute:"
_TOKEN: Final = re.compile(
    r"(?:(?P<mark>[()]|&&|\|\||!(?![=~a-z]))|(?P<list>\[[^\[\]]*\])|(?P<operator>==|!=|=~|!~|>=|<=|>|<|!in\b|!exists\b)"
    r"|(?P<word>[^\s()\[\]=<>&|!~]+))"
)
_WORDS: Final = {
    "equals": "==", "not_equals": "!=", "greater_than": ">", "greater_than_equal": ">=", "less_than": "<",
    "less_than_equal": "<=", "matches": "=~", "not_matches": "!~", "not_in": "!in", "not_exists": "!exists",
    "in": "in", "exists": "exists",
}  # fmt: skip
_JOINS: Final = {"&&": "and", "||": "or", "!": "not"}
#: Characters with a meaning in regular expressions, but for the full stop.
_SPECIAL: Final = re.compile(r"[\\*+?|(){}\[\]^$]")
_LONGEST: Final = 2000
_DEEPEST: Final = 50


class _NotJudged(Exception):
    """The expression cannot be read."""


def judge(expression: str, facts: Facts) -> Truth:
    """Return whether the expression holds for an instance with these facts; an empty one always does."""
    if not expression.strip():
        return True
    try:
        reader = _Reader(list(_tokens(expression)), facts)
        found = reader.alternatives()
        return found if reader.ended else None
    except _NotJudged:
        return None


def _tokens(text: str) -> Iterator[str]:
    place = 0
    text = text.strip()
    if len(text) > _LONGEST or text.count("(") + text.count("!") + text.count("not") > _DEEPEST:
        raise _NotJudged
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            raise _NotJudged
        place = match.end()
        token = match.group()
        yield _JOINS.get(token, token)


class _Reader:
    """Reads the tokens from left to right; `and` binds more than `or`."""

    def __init__(self, tokens: list[str], facts: Facts) -> None:
        self.tokens, self.facts, self.place = tokens, facts, 0

    @property
    def ended(self) -> bool:
        return self.place == len(self.tokens)

    def alternatives(self) -> Truth:
        found = [self._all()]
        while self._next_is("or"):
            found.append(self._all())
        return True if True in found else None if None in found else False

    def _all(self) -> Truth:
        found = [self._one()]
        while self._next_is("and"):
            found.append(self._one())
        return False if False in found else None if None in found else True

    def _one(self) -> Truth:
        if self._next_is("not"):
            found = self._one()
            return None if found is None else not found
        if self._next_is("("):
            found = self.alternatives()
            if not self._next_is(")"):
                raise _NotJudged
            return found
        return self._term()

    def _term(self) -> Truth:
        subject, operator = self._take(), self._take()
        operator = _WORDS.get(operator, operator)
        values = self.facts.get(subject)
        if values is None and not subject.startswith(ATTRIBUTE):
            raise _NotJudged
        if operator in ("exists", "!exists"):
            return bool(values) == (operator == "exists")
        return _compared(operator, list(values or ()), self._take())

    def _take(self) -> str:
        if self.ended:
            raise _NotJudged
        self.place += 1
        return self.tokens[self.place - 1]

    def _next_is(self, token: str) -> bool:
        found = not self.ended and self.tokens[self.place].lower() == token
        self.place += found
        return found


def _compared(operator: str, values: list[str], argument: str) -> Truth:
    if operator in ("in", "!in"):
        options = [each.strip() for each in argument.strip("[]").split(",")]
        return any(value in options for value in values) == (operator == "in")
    if operator in ("==", "!="):
        return (argument in values) == (operator == "==")
    if operator in ("=~", "!~"):
        fitting = _pattern(argument)
        return any(fitting(value) for value in values) == (operator == "=~")
    return _ordered(operator, values, argument)


def _ordered(operator: str, values: list[str], argument: str) -> Truth:
    if not argument.isdecimal() or not all(value.isdecimal() for value in values):
        raise _NotJudged
    tests: dict[str, Callable[[int, int], bool]] = {
        ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    }  # fmt: skip
    if operator not in tests:
        raise _NotJudged
    return any(tests[operator](int(value), int(argument)) for value in values)


def _pattern(text: str) -> Callable[[str], bool]:
    """Return the test of a pattern of literal text, `.` and `.*`, in time linear in the value for each part."""
    whole = text.replace("\\.", "\0")
    parts = whole.split(".*")
    if any(_SPECIAL.search(part) for part in parts):
        raise _NotJudged

    def fits(value: str) -> bool:
        if len(parts) == 1:
            return len(value) == len(whole) and _same(whole, value)
        head, *middle, tail = parts
        end = len(value) - len(tail)
        if end < len(head) or not _same(head, value) or not _same(tail, value[end:]):
            return False
        place = len(head)
        for part in middle:
            found = next((at for at in range(place, end - len(part) + 1) if _same(part, value[at:])), None)
            if found is None:
                return False
            place = found + len(part)
        return True

    return fits


def _same(part: str, value: str) -> bool:
    """Return whether the value begins with the part, in which `.` is any character and NUL a full stop."""
    return len(value) >= len(part) and all(
        a == "." or (a == "\0" and b == ".") or a == b for a, b in zip(part, value, strict=False)
    )
