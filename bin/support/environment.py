"""Environment variables of started processes, without variables of the machine that could affect them."""

import os
from typing import Final

KEPT: Final = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TERM")
NO_AMBIENT_AWS: Final = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def clean(settings: dict[str, str]) -> dict[str, str]:
    """Return a clean environment: a few variables of the machine, no AWS credentials, and the given settings."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ours = {f"ECSDASH_{name}": value for name, value in settings.items()}
    return {**kept, **NO_AMBIENT_AWS, "DJANGO_SETTINGS_MODULE": "ecsdash.settings", "PYTHONUNBUFFERED": "1", **ours}


def scrub_this_process() -> None:
    """Remove all variables that could configure the product or give access to a real AWS account."""
    for name in [*os.environ]:
        if name.startswith(("AWS_", "ECSDASH_", "DJANGO_", "CELERY_", "GRANIAN_")):
            del os.environ[name]
    os.environ.update(NO_AMBIENT_AWS)
