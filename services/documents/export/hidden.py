"""Documents with placeholders for hidden values, so that an export can be pasted elsewhere and filled there."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.masking import MASK, is_fingerprint, mask

SEPARATORS: Final = re.compile(r"[^A-Z0-9]+")


def with_placeholders(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the document with a placeholder `<WEB_ENVIRONMENT_STAGE>` for each hidden value, and the placeholders."""
    names: list[str] = []
    shown: dict[str, Any] = _named(mask(content), "", names)
    return shown, names


def _named(value: Any, path: str, names: list[str]) -> Any:
    if isinstance(value, str) and MASK in value:
        names.append(f"<{path}>")
        return names[-1] if is_fingerprint(value) else value.replace(MASK, names[-1])
    if isinstance(value, Mapping):
        return {key: _named(member, _joined(path, value, key), names) for key, member in value.items()}
    if isinstance(value, list):
        return [_named(entry, path, names) for entry in value]
    return value


def _joined(path: str, parent: Mapping[str, Any], key: str) -> str:
    """Return the name of a member's placeholder: the names of entries around it, and its own."""
    name = parent.get("name")
    own = [name if isinstance(name, str) else ""]
    if key not in ("value", "containerDefinitions", "volumes", "options", "logConfiguration"):
        own.append(key)
    words = [path, *own]
    return SEPARATORS.sub("_", "_".join(words).upper()).strip("_")
