"""A folder with `events.jsonl` and `checkpoints.jsonl`, on a volume that the database cannot write."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, unquote

from ecsdash.audit.sinks.base import Row, SinkError, text


@dataclass(frozen=True)
class FileSink:
    folder: Path

    @classmethod
    def at(cls, parts: SplitResult) -> "FileSink":
        folder = Path(unquote(parts.path))
        if parts.netloc or not folder.is_absolute():
            raise ValueError("a folder's address has the form file:///folder, with an absolute path")
        return cls(folder)

    @property
    def address(self) -> str:
        return self.folder.as_uri()

    def send(self, stream: str, rows: Sequence[Row]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            with (self.folder / f"{stream}.jsonl").open("a+b") as file:
                _drop_torn_line(file)
                file.write(text(rows).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SinkError(f"The file cannot be written: {error.strerror}") from error

    def checkpoints(self) -> list[Row]:
        path = self.folder / "checkpoints.jsonl"
        try:
            lines = path.read_text().splitlines() if path.exists() else []
            return [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise SinkError(f"The file cannot be read ({type(error).__name__})") from error


def _drop_torn_line(file: BinaryIO) -> None:
    """Remove what a killed process wrote after the last complete line; it is sent again."""
    end = file.seek(0, os.SEEK_END)
    start = end
    while start:
        size = min(start, 65536)
        file.seek(start - size)
        last = file.read(size).rfind(b"\n")
        if last >= 0:
            start += last + 1 - size
            break
        start -= size
    if start != end:
        file.truncate(start)
