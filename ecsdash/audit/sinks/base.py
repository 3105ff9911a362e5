from collections.abc import Sequence
from typing import Any, Final, Protocol

from ecsdash.audit.verifier import canonical

SECONDS: Final = 10  # that a sink may take to accept a batch
Row = dict[str, Any]


class SinkError(Exception):
    """A sink did not accept or return rows. The message is shown to administrators: it has no secrets."""


class Sink(Protocol):
    """`address` names the sink on pages and in its progress row, without secrets."""

    @property
    def address(self) -> str: ...

    def send(self, stream: str, rows: Sequence[Row]) -> None:
        """Store rows of one stream, which are in order, or raise SinkError. Rows may be sent again after a failure."""
        ...

    def checkpoints(self) -> list[Row]:
        """Return the checkpoints that were sent; empty when the sink cannot be read. Raise SinkError."""
        ...


def number(stream: str, row: Row) -> int:
    """Return the number of a row in its stream."""
    return int(row["number" if stream == "checkpoints" else "seq"])


def text(rows: Sequence[Row]) -> str:
    """Return rows as JSON Lines, as ecsdash.audit.verifier reads them."""
    return "".join(canonical(row) + "\n" for row in rows)
