"""Documents with placeholders for hidden values, so that an export can be pasted elsewhere and filled there."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ecsdash.masking import MASK, is_fingerprint, mask

SEPARATORS: Final = re.compile(r"[^A-Z0-9]+")
#: Members that say nothing in the name of a placeholder.
UNSAID: Final = ("value", "containerDefinitions", "volumes", "options", "logConfiguration")


def with_placeholders(content: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the document with a placeholder `<WEB_ENVIRONMENT_STAGE>` for each hidden value, and the placeholders."""
    naming = _Naming(reveals=False)
    shown: dict[str, Any] = naming.shown(mask(content), content, "")
    return shown, naming.names


def with_values(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its hidden values; what is masked for its name, such as a tag, stays a placeholder."""
    shown: dict[str, Any] = _Naming(reveals=True).shown(mask(content), content, "")
    return shown


class _Naming:
    """Gives names to what is masked. `reveals`: fingerprints become the values that they stand for."""

    def __init__(self, *, reveals: bool) -> None:
        self.reveals = reveals
        self.names: list[str] = []

    def shown(self, masked: Any, original: Any, path: str) -> Any:
        if self.reveals and (is_fingerprint(masked) or _is_hidden_list(masked)):
            return original
        if isinstance(masked, str) and MASK in masked:
            self.names.append(f"<{path}>")
            return self.names[-1] if is_fingerprint(masked) else masked.replace(MASK, self.names[-1])
        if isinstance(masked, Mapping):
            return {key: self.shown(each, original[key], _joined(path, masked, key)) for key, each in masked.items()}
        if isinstance(masked, list):
            return [self.shown(each, original[number], path) for number, each in enumerate(masked)]
        return masked


def _is_hidden_list(masked: Any) -> bool:
    return isinstance(masked, list) and len(masked) == 1 and is_fingerprint(masked[0])


def _joined(path: str, parent: Mapping[str, Any], key: str) -> str:
    """Return the name of a member's placeholder: the names of entries around it, and its own."""
    name = parent.get("name", parent.get("key"))
    words = [path, name if isinstance(name, str) else "", "" if key in UNSAID else key]
    return SEPARATORS.sub("_", "_".join(words).upper()).strip("_")
