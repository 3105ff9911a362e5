"""Addresses that lists contain once for each row."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=10_000, typed=True)
def address(name: str, **kwargs: str | int) -> str:
    """`reverse`, whose recent results are kept because it is slow."""
    return reverse(name, kwargs=kwargs)
