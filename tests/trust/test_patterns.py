"""No text freezes a process: every regular expression of the product is linear in the length of its input.

All compiled patterns of the product's modules, forms, models and addresses are found and searched in hostile texts made
from their own parts. A pattern that takes the square of the length fails by its growth, which load does not change.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType, NoneType
from typing import Any

import pytest
from django.apps import apps
from django.core.validators import RegexValidator
from django.urls import URLResolver, get_resolver

from ecsdash.access import patterns
from ecsdash.aws import arns
from ecsdash.masking import mask
from services.selectors.search import search as search_everything
from tests.trust.hostile_texts import hostile_texts

ROOT = Path(__file__).parents[2]
PRODUCT = ("ecsdash", "clusters", "services")
NOT_PRODUCT = ("ecsdash.sandbox", "ecsdash.bench", "ecsdash.celery", "ecsdash.audit.mfa_receivers")
#: Lengths of texts, and the seconds of CPU time above which growth is looked at: a linear search takes 1 ms at most.
SIZES = ((20, 0.02), (25, 0.02), (400, 0.02), (4_000, 0.01))
LONG = 20_000
MOST_SECONDS = 2.0
#: A linear search of five times the text takes five times as long, a quadratic one 25 times.
MOST_GROWTH = 12.0
#: What grows less from 400 to 4,000 characters grows by less than MOST_GROWTH from there to LONG: a n + b n² that takes
#: 14 times as long for ten times the text takes 11 times as long for five times that.
LINEAR_GROWTH = 14.0
#: Values without patterns, and attributes of other values that may hold some.
PLAIN = (str, bytes, int, float, FunctionType, ModuleType, NoneType)
HOLDERS = ("base_fields", "validators", "groups", "form", "compiled")
GRANT_PATTERNS = ("*", "web-*", "*a*a*a*a*a*b", "?*?*?*?x", "*-*-*-*-*", "*.*.*")


def product_modules() -> Iterator[Any]:
    for name in PRODUCT:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.startswith(NOT_PRODUCT) and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Yield the patterns in a value of a module: also in collections, data classes, validators, fields and forms."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, RegexValidator):
        yield re.compile(value.regex)
    elif depth > 4 or isinstance(value, PLAIN):
        return
    elif isinstance(value, Mapping):
        yield from patterns_in(list(value.values()), depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from patterns_in(each, depth + 1)
    else:
        for name in HOLDERS:
            if held := getattr(value, name, None):
                yield from patterns_in(held, depth + 1)


def route_patterns(resolver: URLResolver) -> Iterator[re.Pattern[str]]:
    for each in resolver.url_patterns:
        yield each.pattern.regex
        if isinstance(each, URLResolver):
            yield from route_patterns(each)


def every_pattern() -> dict[tuple[str, int], str]:
    """Return (pattern, flags) -> where it was found first."""
    found: dict[tuple[str, int], str] = {}
    for module in product_modules():
        for name, value in vars(module).items():
            for pattern in patterns_in(value):
                found.setdefault((pattern.pattern, pattern.flags), f"{module.__name__}.{name}")
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for pattern in patterns_in(field):
                found.setdefault((pattern.pattern, pattern.flags), str(field))
    for pattern in route_patterns(get_resolver()):
        found.setdefault((pattern.pattern, pattern.flags), "an address")
    for each in arns._partitions():
        found.setdefault((each["regionRegex"], 0), f"partition {each['id']}")
    for text in GRANT_PATTERNS:
        pattern = patterns._compiled(text)
        found.setdefault((pattern.pattern, pattern.flags), f"grant {text}")
    return found


PATTERNS = every_pattern()


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


def too_slow(pattern: re.Pattern[str], part: tuple[str, str, str]) -> str:
    """Return what is wrong with the search in start + middle * n + end; empty when it is linear."""
    start, middle, end = part
    what = f"{start[:30]!r} + {middle[:30]!r} * n + {end!r}"
    before = 0.0
    for size, limit in SIZES:
        text = start + middle * (size // len(middle)) + end
        first = seconds(pattern, text)
        if size == SIZES[-1][0] and first < min(LINEAR_GROWTH * before, MOST_SECONDS * size / LONG):
            return ""
        if first > limit and (first := min(first, seconds(pattern, text))) > limit:
            break
        before = first
    else:
        return ""
    if size < SIZES[-1][0]:
        return f"{first:.2f} s for {size} characters: {what}"
    second = seconds(pattern, start + middle * (LONG // len(middle)) + end)
    slow = second > MOST_SECONDS or second / first > MOST_GROWTH
    return f"{second:.2f} s for {LONG} characters, {second / first:.0f} times as long: {what}" if slow else ""


@pytest.mark.parametrize(("source", "flags"), list(PATTERNS), ids=[f"{n}-{w}" for n, w in enumerate(PATTERNS.values())])
def test_a_pattern_is_linear(source: str, flags: int) -> None:
    pattern = re.compile(source, flags)
    for part in dict.fromkeys(hostile_texts(source, flags)):
        assert too_slow(pattern, part) == ""


def test_patterns_of_the_kinds_that_freeze_are_found() -> None:
    """The test itself: these take the square of the length, or more."""
    for source in (r"(a+)+b", r"\w+:\w*@", r"x.*y.*z", r"(\w|\d)+!", r"\s+$"):
        pattern = re.compile(source)
        assert any(too_slow(pattern, part) for part in hostile_texts(source, 0)), source


def test_no_pattern_is_hidden_inside_a_function() -> None:
    """A literal pattern in a call is not seen by the tests above: it belongs at the top of its module."""
    hidden = []
    for name in PRODUCT:
        for path in sorted((ROOT / name).rglob("*.py")):
            if not path.is_relative_to(ROOT / "ecsdash/sandbox") and not path.is_relative_to(ROOT / "ecsdash/bench"):
                hidden += [f"{path.relative_to(ROOT)}:{line}" for line in literal_calls(ast.parse(path.read_text()))]
    assert hidden == []


def literal_calls(tree: ast.Module) -> Iterator[int]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for call in {node for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)}:
        called = call.func
        of_re = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"
        if of_re and call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr):
            yield call.lineno


@pytest.mark.parametrize(
    "part",
    [
        "://a:",
        "a=",
        "password=",
        "token:",
        "x://u:p@",
        "AKIA",
        "-",
        "api_key",
        "&a=b",
        "%3D",
        "[a]",
        "secret/",
        "'",
        "é",
    ],
)
def test_a_hostile_address_is_masked_in_linear_time(part: str) -> None:
    began = time.process_time()
    for start in ("", "http://", "GET /search/?q=", "password"):
        mask({"request": start + part * (20_000 // len(part)), part * 2_000: part * 2_000})
    assert time.process_time() - began < MOST_SECONDS


def test_a_long_text_is_cut_before_it_is_masked() -> None:
    assert len(mask("x" * 5_000_000)) < 200_000


@pytest.mark.django_db
def test_a_search_for_too_many_words_finds_nothing_at_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert search_everything(None, "a " * 10_000) == []
