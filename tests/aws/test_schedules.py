"""Schedules of scheduled actions: what is accepted, and when they run next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsdash.aws.schedules import ScheduleError, parse, time_zones
from ecsdash.sandbox.scaling.schedule import is_due

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
        ("cron(30 2 28-30 3 ? 2027)", "Europe/Berlin", ["03-29 00:30", "03-30 00:30"]),  # 28 March has no 2:30
        ("cron(30 2 30-31 10 ? 2027)", "Europe/Berlin", ["10-30 00:30", "10-31 00:30"]),  # 31 October has two
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


#: Fields with days in every month, so that the next run is near.
DAYS = st.sampled_from(
    ("* * ?", "? * MON-FRI", "? * 2,4", "L * ?", "15W * ?", "31W * ?", "? * FRIL", "? * 3#2", "? * L")
)
CRON = st.builds("cron({} {} {} *)".format, st.integers(0, 59), st.integers(0, 23), DAYS)
#: Both changes of clocks of 2027 are in the 33 days after some of these.
STARTS = st.integers(0, 270 * 24).map(lambda hours: datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=hours))


@settings(max_examples=25, deadline=None)
@given(CRON, st.sampled_from(("UTC", "Europe/Berlin", "America/New_York")), STARTS)
def test_the_next_runs_are_the_minutes_at_which_the_simulated_aws_runs_it(text: str, zone: str, at: datetime) -> None:
    days = timedelta(days=33)
    runs = [each for each in parse(text, zone).next_runs(at, number=40) if each <= at + days]
    # Time zones of this test differ from UTC by whole hours: only this minute of an hour can be due.
    first = at.replace(minute=int(text.removeprefix("cron(").partition(" ")[0]))
    hours = (first + timedelta(hours=number) for number in range(33 * 24 + 1))
    assert runs == [each for each in hours if at < each <= at + days and is_due(text, zone, 0.0, each.timestamp())]


def test_time_zones_begin_with_utc() -> None:
    assert time_zones()[0] == "UTC"
    assert "Europe/Berlin" in time_zones()
