"""Sizes may be typed as the API has them or as the console writes them."""

import pytest
from django.core.exceptions import ValidationError

from services.forms.sizes import CpuField, MemoryField, SizeField


@pytest.mark.parametrize(
    ("field", "typed", "size"),
    [
        (CpuField, "256", 256),
        (CpuField, "0.5 vCPU", 512),
        (CpuField, ".25vcpu", 256),
        (CpuField, "2 vCPUs", 2048),
        (CpuField, " 1024 units ", 1024),
        (CpuField, 512, 512),
        (MemoryField, "2048", 2048),
        (MemoryField, "0.5 GB", 512),
        (MemoryField, "30 gib", 30720),
        (MemoryField, "512 MiB", 512),
        (MemoryField, "", None),
    ],
)
def test_a_size_is_read_in_either_unit(field: type[SizeField], typed: str, size: int | None) -> None:
    assert field(required=False).clean(typed) == size


@pytest.mark.parametrize("typed", ["lots", "1.5", "0.0001 vCPU", "2 GB", "1 2", "-1", "1e3", "9" * 5000])
def test_what_is_no_cpu_size_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"CPU units or vCPU, for example 512 or 0\.5 vCPU\."):
        CpuField().clean(typed)
