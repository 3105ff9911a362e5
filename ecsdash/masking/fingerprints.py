"""Fingerprints of hidden values: `•••` and eight digits. Equal values of one installation have equal fingerprints, so a
reader sees that a value changed, or is the same elsewhere. The key is not in the database: without it, a short value
cannot be found by trying."""

import hmac
import json
import re
import secrets
from hashlib import sha256
from typing import Any, Final

MASK: Final = "•••"
_DIGITS: Final = 8
_FINGERPRINT: Final = re.compile(rf"{MASK}[0-9a-f]{{{_DIGITS}}}\Z")
_PURPOSE: Final = b"ecsdash fingerprints of hidden values"
_keys: Final = [secrets.token_bytes(32)]


def use_key(key: str) -> None:
    """Set the key of this installation. Without it, every process has a random one."""
    _keys[:] = [hmac.digest(key.encode(), _PURPOSE, "sha256")]


def fingerprint(value: Any) -> str:
    """Return the fingerprint of a JSON value; a fingerprint is its own."""
    if is_fingerprint(value):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return MASK + hmac.new(_keys[0], text.encode(errors="surrogatepass"), sha256).hexdigest()[:_DIGITS]


def is_fingerprint(value: Any) -> bool:
    return isinstance(value, str) and _FINGERPRINT.match(value) is not None
