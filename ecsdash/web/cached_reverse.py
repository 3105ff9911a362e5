"""Addresses that lists write row by row."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=10_000, typed=True)
def address(name: str, **kwargs: str | int) -> str:
    """As `reverse` has it, which takes its time; what was asked for lately is kept."""
    return reverse(name, kwargs=kwargs)
