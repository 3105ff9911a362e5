"""Sizes of tasks as ECS takes them: whole numbers of CPU units and MiB, or vCPU and GB (API reference)."""

import re
from typing import Final

_NUMBER: Final = r"(?P<number>\d{1,7}(?:\.\d{0,6})?|\.\d{1,6})"
CPU: Final = re.compile(rf"{_NUMBER} ?(?P<unit>vcpu)?", re.IGNORECASE)
MEMORY: Final = re.compile(rf"{_NUMBER} ?(?P<unit>gb)?", re.IGNORECASE)


def cpu_units(text: str) -> int | None:
    """Return the CPU units of "256", ".25 vCPU" or "1vcpu"; None if ECS does not take the text."""
    return _size(CPU, text)


def memory_mib(text: str) -> int | None:
    """Return the MiB of "512", "0.5 GB" or "2GB"; None if ECS does not take the text."""
    return _size(MEMORY, text)


def _size(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.fullmatch(text.strip())
    if match is None:
        return None
    size = float(match["number"]) * (1024 if match["unit"] else 1)
    return round(size) if match["unit"] or size.is_integer() else None
