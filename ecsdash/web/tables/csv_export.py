"""CSV export that is safe to open in a spreadsheet, because no cell is read as a formula, and that can be read back."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.dispatch import Signal
from django.http import StreamingHttpResponse

#: Sent before a list is exported; request: HttpRequest, name: str. An exception of a receiver stops the export.
exported = Signal()

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file whose `write` returns the line, so that `csv.writer` returns it as well."""

    def write(self, line: str) -> str:
        return line


def response(filename: str, rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: Any) -> str | int | float:
    """Return a value as it is written to the file: an apostrophe before text that a spreadsheet would read as a
    formula, a list with commas."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if _needs_apostrophe(text) else text


def read_cell(text: str) -> str:
    """Return the text that `cell` wrote."""
    return text[1:] if text.startswith("'") and _needs_apostrophe(text) else text


def _needs_apostrophe(text: str) -> bool:
    """Text that begins with apostrophes before a formula gets one more, so that it can be read back."""
    return text.lstrip("'").startswith(FORMULA_STARTS)
