"""Hostile texts for a regular expression, made from its own parts: each is start + middle * n + end."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

Part = tuple[str, str, str]
#: Characters that most classes and separators consist of.
USUAL = ["a", "Z", "5", "-", "_", ".", ":", "/", "=", " ", "\n", '"', "<", "@", "*"]
NEVER = "\x01"
PAIRS = 120
parser: Any = re._parser  # type: ignore[attr-defined]


def hostile_texts(source: str, flags: int) -> Iterator[Part]:
    tree = parser.parse(source, flags)
    whole = "".join(_sample(tree))
    pieces = list(dict.fromkeys([*_literals(tree), *_pumped(tree)]))
    chosen = [*pieces, *USUAL]
    for piece in filter(None, [whole, *chosen]):
        yield "", piece, NEVER
        yield "", piece, ""
        yield whole, piece, NEVER
        for start in _starts(tree):
            yield start, piece, NEVER
    for one, other in islice(product(pieces, chosen), PAIRS):
        if one + other:
            yield "", one + other, NEVER


def _starts(tree: Any) -> list[str]:
    """Return the texts that the first elements of the expression match, one more each time."""
    found, text = [], ""
    for node in list(tree)[:6]:
        text += "".join(_node(node))
        found.append(text)
    return list(dict.fromkeys(found))


def _sample(tree: Any) -> Iterator[str]:
    """Yield the parts of a text that the expression matches, with few repeats."""
    for node in tree:
        yield from _node(node)


def _node(node: Any) -> Iterator[str]:
    kind, argument = str(node[0]), node[1]
    if kind == "LITERAL":
        yield chr(argument)
    elif kind in ("NOT_LITERAL", "ANY"):
        yield "x"
    elif kind == "IN":
        yield _member(argument)
    elif kind == "BRANCH":
        yield from _sample(argument[1][0])
    elif kind == "SUBPATTERN":
        yield from _sample(argument[-1])
    elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield "".join(_sample(argument[2])) * max(1, min(argument[0], 20))
    elif kind == "ATOMIC_GROUP":
        yield from _sample(argument)
    elif kind == "ASSERT":
        yield from _sample(argument[1])


def _member(choices: Any) -> str:
    kind, argument = str(choices[0][0]), choices[0][1]
    if kind == "NEGATE":
        return "x"
    if kind == "LITERAL":
        return chr(argument)
    if kind == "RANGE":
        return chr(argument[0])
    return {"CATEGORY_DIGIT": "5", "CATEGORY_SPACE": " "}.get(str(argument), "a")


def _pumped(tree: Any) -> Iterator[str]:
    """Yield what each repeat of the expression repeats, also what is inside a repeat, and each alternative."""
    for node in tree:
        kind, argument = str(node[0]), node[1]
        inner: list[Any] = []
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield "".join(_sample(argument[2]))
            inner = [argument[2]]
        elif kind == "BRANCH":
            inner = argument[1]
            yield from ("".join(_sample(each)) for each in inner)
        elif kind == "SUBPATTERN":
            inner = [argument[-1]]
        elif kind == "ATOMIC_GROUP":
            inner = [argument]
        elif kind == "ASSERT":
            inner = [argument[1]]
        for each in inner:
            yield from _pumped(each)


def _literals(tree: Any) -> Iterator[str]:
    """Yield the runs of literal characters."""
    run = ""
    for node in tree:
        if str(node[0]) == "LITERAL":
            run += chr(node[1])
            continue
        yield run
        run = ""
        for each in _inside(node):
            yield from _literals(each)
    yield run


def _inside(node: Any) -> list[Any]:
    kind, argument = str(node[0]), node[1]
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [argument[2]]
    if kind == "BRANCH":
        return list(argument[1])
    return {
        "SUBPATTERN": lambda: [argument[-1]],
        "ATOMIC_GROUP": lambda: [argument],
        "ASSERT": lambda: [argument[1]],
    }.get(kind, list)()
