"""Settings of ECS Managed Instances are shown whatever members they have."""

from typing import Any

import pytest

from clusters.selectors.managed_instances import requirement_lines


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, []),
        ({"vCpuCount": {"min": 2}}, [("V cpu count", "2 to any")]),
        ({"instanceRequirements": {"memoryMiB": {"min": 2048, "max": 8192}}}, [("Memory mi b", "2048 to 8192")]),
        ({"cpuManufacturers": ["intel", "amd"], "fipsEnabled": False, "tags": []}, [
            ("Cpu manufacturers", "intel, amd"), ("Fips enabled", "Off"),
        ]),
    ],
)  # fmt: skip
def test_each_setting_is_a_line(settings: dict[str, Any], lines: list[tuple[str, str]]) -> None:
    assert requirement_lines(settings) == lines
