from datetime import UTC, datetime, timedelta

import pytest

from ecsdash.web import formatting

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (4.9, "4 s"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (90000, "1 d 1 h"),
        (-5, "0 s"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float, words: str) -> None:
    assert formatting.elapsed(seconds) == words


def test_a_zero_is_left_out() -> None:
    assert formatting.elapsed(3601) == "1 h"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "just now"), (40, "40 s ago"), (3599, "59 min ago"), (-7200, "in 2 h")],
)
def test_an_age_has_one_unit(seconds: int, words: str) -> None:
    assert formatting.ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_a_long_id_keeps_its_ends() -> None:
    assert formatting.middle("arn:aws:ecs:eu-central-1:123456789012:task/shop/0f3a9b7d") == "arn:aws:ec…0f3a9b7d"
    assert formatting.middle("short") == "short"


def test_sizes_are_written_as_in_the_console() -> None:
    assert [formatting.mebibytes(amount) for amount in (512, 2048, 1100, 30720)] == [
        "512 MiB",
        "2 GiB",
        "1.1 GiB",
        "30 GiB",
    ]
    assert formatting.cpu_units(256) == "0.25 vCPU"
    assert formatting.last_part("arn:aws:ecs:r:1:service/shop/web") == "web"
    assert formatting.last_part("arn:aws:sns:r:1:topic") == "topic"
