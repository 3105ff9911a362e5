"""The cache holds JSON, and what is not JSON counts as missing."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from ecsdash.web.json_cache import JsonSerializer
from ecsdash.web.polling import pubsub


class Harmful:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("value", [0, 7, True, None, 1.5, "text", ["a", 1.5], {"a": [None]}])
def test_a_value_comes_back_as_it_was_stored(value: object) -> None:
    cache.set("key", value)
    assert cache.get("key", "missing") == value


def test_numbers_can_be_counted() -> None:
    cache.set("key", 1)
    assert cache.incr("key") == 2


def test_a_pickle_in_redis_is_not_run(tmp_path: Path) -> None:
    harmful = pickle.dumps(Harmful(tmp_path / "run"))
    pubsub.connect().set(cache.make_key("key"), harmful)
    assert cache.get("key") is None
    assert not (tmp_path / "run").exists()


def test_what_is_nested_too_deeply_counts_as_missing() -> None:
    assert JsonSerializer().loads(b"[" * 1_000_000) is None


def test_what_is_not_json_cannot_be_stored() -> None:
    with pytest.raises(TypeError):
        cache.set("key", object())
