from datetime import UTC, datetime

import pytest

from ecsdash.web.tables import csv_export


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_is_written_as_text(start: str) -> None:
    assert csv_export.cell(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


def test_numbers_and_times_are_written_unchanged() -> None:
    assert csv_export.cell(-3) == -3
    assert csv_export.cell(None) == ""
    assert csv_export.cell(True) == "True"
    assert csv_export.cell(datetime(2030, 1, 2, tzinfo=UTC)) == "2030-01-02T00:00:00+00:00"
