"""Form fields for CPU and memory: CPU units and MiB as in the API, or vCPU and GB as in the console."""

import re
from typing import Any

from django import forms

SIZE = re.compile(r"(\d{1,7}(?:\.\d{1,4})?|\.\d{1,4})\s*([A-Za-z]*)\Z")


class SizeField(forms.IntegerField):
    """Size in the smallest unit. `units` are the accepted suffixes: name -> factor."""

    units: dict[str, int]
    hint: str

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput())
        super().__init__(**{"help_text": self.hint, **kwargs})

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        match = SIZE.match(text)
        factor = self.units.get(match[2].lower()) if match else None
        size = float(match[1]) * factor if match and factor else 0.5
        if not size.is_integer():
            raise forms.ValidationError(f"Enter a size. {self.hint}")
        return int(size)


class CpuField(SizeField):
    units = {"": 1, "unit": 1, "units": 1, "vcpu": 1024, "vcpus": 1024}
    hint = "CPU units or vCPU, for example 512 or 0.5 vCPU."


class MemoryField(SizeField):
    units = {"": 1, "mib": 1, "mb": 1, "gib": 1024, "gb": 1024}
    hint = "MiB or GB, for example 2048 or 2 GB."
