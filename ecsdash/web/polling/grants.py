"""Whose rights are equal. This package knows nothing of grants: `ecsdash.access` says it."""

from collections.abc import Callable
from typing import Any

Fingerprint = Callable[[Any], str]
_fingerprints: list[Fingerprint] = []


def told_by(fingerprint: Fingerprint) -> None:
    """`fingerprint(user)` is the same for users to whom every page shows the same."""
    _fingerprints[:] = [fingerprint]


def of(user: Any) -> str:
    return _fingerprints[0](user)
