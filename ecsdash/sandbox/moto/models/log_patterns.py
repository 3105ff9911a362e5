"""Filter patterns of CloudWatch Logs: terms, and expressions about JSON lines (user guide, "Filter pattern syntax").

Terms: `ERROR "two words" %reg.x% -without ?either ?or`. JSON: `{ $.level = "error" && ($.ms > 100 || $.user EXISTS) }`.
"""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Matches = Callable[[str], bool]
Condition = Callable[[Any], bool]
_TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s"%]+))')
_TOKEN = re.compile(r'\s*(&&|\|\||[()]|!=|>=|<=|[=<>]|"(?:[^"\\]|\\.)*"|%[^%]*%|[^\s()=<>!&|"]+)')
_PATH = re.compile(r'\.?([A-Za-z_@][\w@-]*)|\["([^"]+)"\]|\[(\d+)\]')
_ABSENT = object()


class InvalidPattern(Exception):
    """The filter pattern has no meaning."""


@lru_cache(64)
def compiled(pattern: str) -> Matches:
    """Return a predicate of messages. Raise InvalidPattern."""
    text = pattern.strip()
    if text.startswith("{"):
        return _json(text)
    if text.startswith("["):
        raise InvalidPattern("space-delimited patterns are not simulated")
    return _terms(text)


def _terms(text: str) -> Matches:
    needed: list[Matches] = []
    optional: list[Matches] = []
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None:
            raise InvalidPattern(text[at:])
        sign, phrase, expression, word = match.groups()
        found = _term(phrase, expression, word)
        (optional if sign == "?" else needed).append(_without(found) if sign == "-" else found)
        at = match.end()
        while at < len(text) and text[at].isspace():
            at += 1
    return lambda message: (
        all(each(message) for each in needed)
        and (not optional or bool(needed) or any(each(message) for each in optional))
    )


def _term(phrase: str | None, expression: str | None, word: str | None) -> Matches:
    if expression is not None:
        try:
            searched = re.compile(expression)
        except re.error as error:
            raise InvalidPattern(expression) from error
        return lambda message: searched.search(message) is not None
    wanted = phrase.replace('\\"', '"') if phrase is not None else word or ""
    return lambda message: wanted in message


def _without(found: Matches) -> Matches:
    return lambda message: not found(message)


def _json(text: str) -> Matches:
    if not text.endswith("}"):
        raise InvalidPattern(text)
    condition = _Parser(text[1:-1]).parsed()

    def matches(message: str) -> bool:
        try:
            return condition(json.loads(message))
        except ValueError:
            return False

    return matches


class _Parser:
    """Recursive descent: `||` binds weaker than `&&`."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        text, at = text.rstrip(), 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise InvalidPattern(text[at:])
            self.tokens.append(match[1])
            at = match.end()

    def parsed(self) -> Condition:
        found = self._either()
        if self.tokens:
            raise InvalidPattern(self.tokens[0])
        return found

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._accept("||"):
            parts.append(self._both())
        return lambda record: any(part(record) for part in parts)

    def _both(self) -> Condition:
        parts = [self._comparison()]
        while self._accept("&&"):
            parts.append(self._comparison())
        return lambda record: all(part(record) for part in parts)

    def _comparison(self) -> Condition:
        if self._accept("("):
            inner = self._either()
            if not self._accept(")"):
                raise InvalidPattern("a bracket is not closed")
            return inner
        path, operator = _path(self._next()), self._next()
        if operator.upper() == "EXISTS":
            return lambda record: _value(record, path) is not _ABSENT
        if operator.upper() in ("IS", "NOT"):
            return _about(path, f"{operator} {self._next()}".upper())
        return _compared(path, operator, self._next())

    def _accept(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        del self.tokens[0]
        return True

    def _next(self) -> str:
        if not self.tokens:
            raise InvalidPattern("the expression ends too early")
        return self.tokens.pop(0)


def _path(text: str) -> list[str | int]:
    if not text.startswith("$"):
        raise InvalidPattern(text)
    found: list[str | int] = []
    at = 1
    while at < len(text):
        match = _PATH.match(text, at)
        if match is None:
            raise InvalidPattern(text)
        found.append(match[1] or match[2] or int(match[3]))
        at = match.end()
    return found


def _value(record: Any, path: list[str | int]) -> Any:
    for step in path:
        try:
            record = record[step]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return record


def _about(path: list[str | int], words: str) -> Condition:
    wanted = {"IS NULL": None, "IS TRUE": True, "IS FALSE": False}
    if words == "NOT EXISTS":
        return lambda record: _value(record, path) is _ABSENT
    if words not in wanted:
        raise InvalidPattern(words)
    return lambda record: _value(record, path) is wanted[words]


def _compared(path: list[str | int], operator: str, wanted: str) -> Condition:
    if wanted.startswith("%"):
        searched = re.compile(wanted.strip("%"))
        return lambda record: searched.search(str(_value(record, path))) is not None
    text = wanted.strip('"')
    number = None if wanted.startswith('"') else _number(text)
    if operator in ("=", "!="):
        return lambda record: _equal(_value(record, path), text, number) == (operator == "=")
    compare: dict[str, Callable[[float, float], bool]] = {
        ">": lambda a, b: a > b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
    }  # fmt: skip
    if operator not in compare or number is None:
        raise InvalidPattern(operator)

    def ordered(record: Any) -> bool:
        found = _value(record, path)
        return isinstance(found, int | float) and compare[operator](found, number)

    return ordered


def _equal(found: Any, text: str, number: float | None) -> bool:
    if number is not None and isinstance(found, int | float):
        return found == number
    return found is not _ABSENT and fnmatchcase(str(found), text.replace("[", "[[]"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
