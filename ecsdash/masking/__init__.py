"""Masking of values in pages, plans, the audit trail, logs and exports.

First by place: values of an ECS document are hidden whatever their name (places.py) and shown as fingerprints.
Second by name, for everything else: tags, messages, lines of a log.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ecsdash.masking.fingerprints import MASK, fingerprint, is_fingerprint, use_key
from ecsdash.masking.places import hidden_values, hide, is_placeholder, pointer

__all__ = [
    "MASK", "fingerprint", "hidden_values", "hide", "is_fingerprint", "is_switch", "mask", "names_secret", "pointer",
    "use_key", "without_values",
]  # fmt: skip
_SECRET: Final = re.compile(
    r"password|passwd|passphrase|pwd|secret|token|credential|api[-_ ]?key|access[-_ ]?key|[-_. ]key$|[a-z0-9]key$",
    re.IGNORECASE,
)
# Members of the AWS APIs that look like secrets but hold a reference, a name or an idempotency token.
_REFERENCE: Final = re.compile(
    r"^(secrets|secretOptions|repositoryCredentials|credentialSpecs|clientToken|nextToken)$|[a-z](Arns?|Names?|Ids?|From|Parameter|Type)$"
)
_CLIENT_TOKEN: Final = re.compile(r"^(Client|Next)Token$")
_SWITCHES: Final = frozenset({"", "yes", "no", "true", "false", "on", "off", "0", "1"})
_IN_TEXT: Final = [
    (re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), MASK),
]
#: Longer texts are cut, and of longer names only the end is looked at.
_LONGEST, _LONGEST_NAME = 100_000, 1000
#: Shorter values are not looked for in messages: they are words such as "true" or "sh".
_LEAST_QUOTED: Final = 5
_SEPARATORS: Final = re.compile(r"[.\[\]/]+")
_WORD: Final = re.compile(r"[^\s&;,'\"]+")
_ASSIGNED: Final = re.compile(r"password|passwd|secret|token|api[-_]?key", re.IGNORECASE)
_BACKWARDS: Final = re.compile(r"[\w-]*")


def mask(data: Any) -> Any:
    """Return a copy of JSON-like data with hidden values as fingerprints, and values with a secret's name masked.

    Supported forms of names: {"NAME": value}, {"name": NAME, "value": value}, {"key": NAME, "value": value} and
    {"path": PATH, "before": value, "after": value}.
    """
    return _mask_named(hide(data))


def _mask_named(data: Any) -> Any:
    if isinstance(data, Mapping):
        return _mask_mapping(data)
    if isinstance(data, str):
        return _mask_text(data)
    if isinstance(data, Sequence) and not isinstance(data, bytes):
        return [_mask_named(item) for item in data]
    return data


def without_values(text: str, document: Any) -> str:
    """Return a message of AWS about the document with fingerprints for the values that it quotes."""
    values = [value for _, value in hidden_values(document)]
    words = {word for value in values for word in ([value] if isinstance(value, str) else value)}
    for word in sorted((word for word in words if len(str(word)) >= _LEAST_QUOTED), key=len, reverse=True):
        text = text.replace(word, fingerprint(word))
    return text


def names_secret(name: str) -> bool:
    """Whether a member, environment variable or path with this name holds a secret."""
    segments = [segment for segment in _SEPARATORS.split(name[-_LONGEST_NAME:]) if segment]
    if not segments or _is_reference(segments[-1]):
        return False
    return any(_SECRET.search(segment) and not _is_reference(segment) for segment in segments)


def is_switch(value: str) -> bool:
    """Whether a value only turns something on or off: no secret, whatever its name says."""
    return value.strip().lower() in _SWITCHES


def _is_reference(name: str) -> bool:
    return bool(_REFERENCE.search(name) or _CLIENT_TOKEN.search(name))


def _mask_mapping(data: Mapping[Any, Any]) -> dict[Any, Any]:
    hidden = _hidden_neighbours(data)
    return {
        key: _blot(value) if key in hidden or names_secret(str(key)) else _mask_named(value)
        for key, value in data.items()
    }


def _hidden_neighbours(data: Mapping[Any, Any]) -> set[str]:
    """Return the members that are secret because another member of the mapping names them."""
    label = data.get("name", data.get("Name", data.get("key", data.get("Key", ""))))
    if isinstance(label, str) and names_secret(label):
        return {"value", "Value"}
    path = data.get("path", "")
    if isinstance(path, str) and names_secret(path):
        return {"before", "after"}
    return set()


def _blot(value: Any) -> Any:
    """Mask every leaf of a secret value and keep its structure. None, switches and empty strings are kept."""
    if is_placeholder(value):
        return value
    if isinstance(value, Mapping):
        return {key: _blot(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_blot(item) for item in value]
    if value is None or isinstance(value, bool) or (isinstance(value, str) and is_switch(value)):
        return value
    return value if is_fingerprint(value) else MASK


def _mask_text(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} ... ({len(text) - _LONGEST} more characters)"
    for pattern, replacement in _IN_TEXT:
        text = pattern.sub(replacement, text)
    return _WORD.sub(_mask_assignment, text)


def _mask_assignment(word: re.Match[str]) -> str:
    """`NAME=value`, the value masked where the name says that it is a secret. Linear in the length of the word."""
    parts = word[0].split("=")
    for number, part in enumerate(parts[:-1], 1):
        name = _BACKWARDS.match(part[::-1])
        if name and _ASSIGNED.search(name[0][::-1]) and not is_switch("=".join(parts[number:])):
            return "=".join([*parts[:number], MASK])
    return word[0]
