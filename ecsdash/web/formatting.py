"""Values as text. Pure functions; the template filters of the same names call them."""

from datetime import datetime

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def elapsed(seconds: float) -> str:
    """Return a duration in at most two units: `4 s`, `3 min 20 s`, `2 d 4 h`. static/js/time.js does the same."""
    remaining = max(0, int(seconds))
    parts: list[str] = []
    for size, unit in UNITS:
        count, remaining = divmod(remaining, size)
        if count or parts:
            parts.append(f"{count} {unit}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0 s"


def ago(when: datetime, now: datetime) -> str:
    """Return the time since `when` in its largest unit: `just now`, `40 s ago`, `in 2 h`. static/js/time.js does the
    same."""
    seconds = int((now - when).total_seconds())
    if -2 < seconds < 2:
        return "just now"
    for size, unit in UNITS:
        if abs(seconds) >= size:
            amount = f"{abs(seconds) // size} {unit}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return "just now"


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: `1 task`, `2 tasks`. The plural of the noun must end in s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def middle(text: str, head: int = 10, tail: int = 8) -> str:
    """Return the beginning and end of a long identifier: `arn:aws:ec…4f2a9c1b`."""
    return text if len(text) <= head + tail + 1 else f"{text[:head]}…{text[-tail:]}"


def beginning(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def last_part(arn: str) -> str:
    """Return the part of an ARN after the last slash or, without a slash, after the last colon."""
    return arn.rsplit("/", 1)[-1] if "/" in arn else arn.rsplit(":", 1)[-1]


def mebibytes(amount: int) -> str:
    """Return MiB as `512 MiB`, `2 GiB` or `7.6 GiB`. Quarters of a GiB stay exact: ECS offers memory in these steps."""
    if amount < 1024:
        return f"{amount} MiB"
    return f"{amount / 1024:g} GiB" if amount % 256 == 0 else f"{round(amount / 1024, 1):g} GiB"


def cpu_units(units: int) -> str:
    """Return ECS CPU units (1024 are one vCPU) as `0.25 vCPU`."""
    return f"{units / 1024:g} vCPU"
