"""The task sizes and platform versions that Fargate offers."""

from ecsdash.sandbox.ecs.models import Json

_GIB = 1024

SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}

WINDOWS = (
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_2025_CORE",
)
"""The families of Windows that Fargate offers."""

WINDOWS_SIZES = {cpu: SIZES[cpu] for cpu in (1024, 2048, 4096)}

PLATFORM_VERSIONS = ("LATEST", "1.4.0", "1.3.0")
CURRENT_PLATFORM = "1.4.0"
_CURRENT_WINDOWS = "1.0.0"


def platform_family(definition: Json) -> str:
    """Return the platform family of the body of a task definition: `Linux`, `Windows_Server_2022_Core`."""
    system = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    return "_".join(word.capitalize() for word in system.split("_"))


def platform_version(version: str, family: str) -> str:
    """Return the version that a request or LATEST means."""
    if version not in ("", "LATEST"):
        return version
    return _CURRENT_WINDOWS if family.startswith("Windows") else CURRENT_PLATFORM
