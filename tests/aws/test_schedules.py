"""Schedules of scheduled actions: what is accepted, and when they run next."""

from datetime import UTC, datetime, timedelta

import pytest

from ecsdash.aws.schedules import ScheduleError, parse, time_zones

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("text", "zone", "runs"),
    [
        ("cron(0 8 ? * MON-FRI *)", "Europe/Berlin", ["11-27 07:00", "11-30 07:00", "12-01 07:00"]),
        ("cron(0 8 ? * MON-FRI *)", "UTC", ["11-27 08:00", "11-30 08:00", "12-01 08:00"]),
        ("cron(30 9 L * ? *)", "UTC", ["11-30 09:30", "12-31 09:30", "01-31 09:30"]),
        ("cron(0,30 8 ? * 6#3 *)", "UTC", ["12-18 08:00", "12-18 08:30", "01-15 08:00"]),
        ("cron(0 0 ? * FRIL *)", "UTC", ["12-25 00:00", "01-29 00:00", "02-26 00:00"]),
        ("cron(0 6 15W JAN-MAR ? *)", "UTC", ["01-15 06:00", "02-15 06:00", "03-15 06:00"]),
        ("cron(0/20 3 27 11 ? 2026)", "UTC", ["11-27 03:00", "11-27 03:20", "11-27 03:40"]),
        ("rate(5 minutes)", "UTC", ["11-27 02:04", "11-27 02:09", "11-27 02:14"]),
        ("at(2026-12-01T00:00:00)", "America/New_York", ["12-01 05:00"]),
        ("at(2026-11-01T00:00:00)", "UTC", []),
    ],
)
def test_the_next_runs_are_those_of_aws(text: str, zone: str, runs: list[str]) -> None:
    made_at = NOW - timedelta(minutes=11)
    assert [f"{each:%m-%d %H:%M}" for each in parse(text, zone).next_runs(NOW, made_at=made_at)] == runs


@pytest.mark.parametrize(
    "text",
    [
        "every morning", "cron(* *)", "cron(0 8 * * * *)", "cron(0 8 ? * ? *)", "cron(0 8 ? * X *)", "rate(1 hours)",
        "rate(2 hour)", "rate(0 minutes)", "at(tomorrow)", "cron(0 25 * * ? *)", "cron(0 8 ? * MON#9 *)",
        "cron(0 8 ? * MON-TUE#2 *)", "cron(0 8 40W * ? *)", "cron(0 8 10-5 * ? *)", "cron(0 8 1 * ?)",
    ],
)  # fmt: skip
def test_what_aws_would_refuse_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        parse(text)


def test_time_zones_begin_with_utc() -> None:
    assert time_zones()[0] == "UTC"
    assert "Europe/Berlin" in time_zones()
