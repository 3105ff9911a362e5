"""Filter patterns of the simulated CloudWatch Logs."""

import pytest

from ecsdash.sandbox.moto.models.log_patterns import InvalidPattern, compiled

ERROR = '{"level": "error", "ms": 120, "user": {"id": "7"}, "tags": ["a", "b"], "trace": null}'


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("", "anything", True),
        ("ERROR disk", "ERROR: the disk is full", True),
        ("ERROR disk", "ERROR: the network is away", False),
        ("?ERROR ?WARN", "WARN: slow", True),
        ("?ERROR ?WARN", "INFO: fine", False),
        ("ERROR -retry", "ERROR: retry", False),
        ("ERROR -retry", "ERROR: gone", True),
        ('"disk is full"', "ERROR: the disk is full", True),
        ('"disk full"', "ERROR: the disk is full", False),
        ("%5[0-9]{2} %", "GET / 503 ", True),
        ("%5[0-9]{2} %", "GET / 200 ", False),
        ('{ $.level = "error" }', ERROR, True),
        ('{ $.level = "err*" }', ERROR, True),
        ('{ $.level != "error" }', ERROR, False),
        ("{ $.ms > 100 }", ERROR, True),
        ("{ $.ms >= 121 }", ERROR, False),
        ('{ $.user.id = "7" && $.tags[1] = "b" }', ERROR, True),
        ('{ $.ms < 100 || ($.level = "error" && $.ms = 120) }', ERROR, True),
        ("{ $.trace IS NULL }", ERROR, True),
        ("{ $.span NOT EXISTS }", ERROR, True),
        ("{ $.span EXISTS }", ERROR, False),
        ("{ $.level = %^err% }", ERROR, True),
        ('{ $.level = "error" }', "error, but not JSON", False),
    ],
)
def test_a_pattern_selects(pattern: str, message: str, expected: bool) -> None:
    assert compiled(pattern)(message) is expected


@pytest.mark.parametrize(
    "pattern", ["{ $.level }", '{ level = "x" }', "{ $.a = 1", "{ ($.a = 1 }", "{ $.a > x }", "%(%"]
)
def test_a_pattern_without_meaning_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compiled(pattern)
