"""Stamps of completed steps, and progress messages."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path


class Stamp:
    """A file that records for which inputs a step of the set-up was done."""

    def __init__(self, path: Path, inputs: Iterable[Path]) -> None:
        self.path = path
        digest = hashlib.sha256(sys.version.encode())
        for source in inputs:
            digest.update(source.read_bytes() if source.exists() else b"absent")
        self.digest = digest.hexdigest()

    def matches(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.digest

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.digest)


def say(text: str) -> None:
    sys.stderr.write(f"ecsdash: {text}\n")
