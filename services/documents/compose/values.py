"""Values of the Compose Specification: texts, lists, mappings, durations, sizes. They raise Misused for other types."""

import re
import shlex
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from services.documents.compose.report import Misused

UNITS: Final = {
    unit: Decimal(number)
    for unit, number in (("us", "0.000001"), ("ms", "0.001"), ("s", "1"), ("m", "60"), ("h", "3600"), ("d", "86400"))
}
DURATION: Final = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:us|ms|s|m|h|d)){1,6}\Z")
PART: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(us|ms|s|m|h|d)")
SIZE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(b|k|kb|kib|m|mb|mib|g|gb|gib)?\Z", re.IGNORECASE)
POWERS: Final = {"b": 0, "k": 1, "m": 2, "g": 3}
DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,9})?\Z")
TRUTH: Final = {"true": True, "false": False}
MEBIBYTE: Final = 1024**2


def text(value: Any) -> str:
    """Return a scalar as Compose writes it in texts."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Misused("A text is expected.")


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in TRUTH:
        return TRUTH[value.lower()]
    raise Misused("true or false is expected.")


def whole(value: Any) -> int:
    """Return a whole number from 0."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    raise Misused("A whole number is expected.")


def mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise Misused("A mapping is expected.")


def listed(value: Any) -> list[Any]:
    """Return a list; of a single text, the list with it."""
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [value]
    raise Misused("A list is expected.")


def texts(value: Any) -> list[str]:
    return [text(each) for each in listed(value)]


def pairs(value: Any, separator: str = "=") -> dict[str, str | None]:
    """Return names and values of a mapping or a list of `NAME=value`; None where there is only a name."""
    if isinstance(value, Mapping):
        return {name: None if each is None else text(each) for name, each in value.items()}
    found: dict[str, str | None] = {}
    for each in texts(value):
        name, given, rest = each.partition(separator)
        found[name] = rest if given else None
    return found


def words(value: Any) -> list[str]:
    """Return the words of a command: a text is split as a shell would, without running one."""
    if not isinstance(value, str):
        return texts(value)
    try:
        return shlex.split(value)
    except ValueError as error:
        raise Misused("A quotation mark is not closed.") from error


def seconds(value: Any) -> Decimal:
    """Return a duration (`1m30s`, `500ms`) in seconds."""
    given = text(value)
    if not DURATION.match(given):
        raise Misused("A duration such as 1m30s is expected.")
    return sum((Decimal(number) * UNITS[unit] for number, unit in PART.findall(given)), Decimal(0))


def mebibytes(value: Any) -> int:
    """Return a size (`512m`, `1gb`, a number of bytes) in MiB, rounded up."""
    match = SIZE.match(text(value).strip())
    if match is None:
        raise Misused("A size such as 512m is expected.")
    number, unit = match.groups()
    size = Decimal(number) * 1024 ** POWERS[(unit or "b")[0].lower()]
    return int(-(-size // MEBIBYTE))


def cpu_units(value: Any) -> int:
    """Return a number of CPUs (`0.5`) in CPU units of ECS."""
    given = text(value)
    if not DECIMAL.match(given):
        raise Misused("A number of CPUs such as 0.5 is expected.")
    return int(Decimal(given) * 1024)
