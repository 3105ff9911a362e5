"""A cached `reverse`, for lists that need a URL in every row."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=10_000, typed=True)
def address(name: str, **kwargs: str | int) -> str:
    """Return the URL of a route. The results of the most recent calls are cached, because `reverse` is slow."""
    return reverse(name, kwargs=kwargs)
