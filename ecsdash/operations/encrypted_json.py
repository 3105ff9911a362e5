"""JSON fields of plans and results, encrypted in the database while they may hold values that a worker needs.

What a query filters by stays readable beside the encrypted text.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from cryptography.fernet import InvalidToken
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ecsdash.access.encryption import decrypt, encrypt

ENCRYPTED: Final = "$encrypted"
PURPOSE: Final = b"ecsdash encryption of plans"
log = structlog.get_logger(__name__)


class Redacted(dict[str, Any]):
    """JSON data without values: stored as it is, so that it never needs a key."""


class EncryptedJSONField(models.JSONField):
    """A JSON object, encrypted unless it is Redacted. `readable` returns the part of it that stays readable."""

    def __init__(self, readable: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {}, **kwargs: Any) -> None:
        self.readable = readable
        super().__init__(**{"encoder": DjangoJSONEncoder, **kwargs})

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt what is saved; a `prepared` value is one that a query compares with."""
        if not prepared and isinstance(value, Mapping) and not isinstance(value, Redacted):
            value = {**self.readable(value), ENCRYPTED: encrypted(value)}
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return decrypted(found) if isinstance(found, dict) and ENCRYPTED in found else found


def encrypted(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return encrypt(text, PURPOSE)


def decrypted(stored: dict[str, Any]) -> Any:
    """Return the data; only its readable part if its key is no longer in the environment."""
    try:
        return json.loads(decrypt(stored[ENCRYPTED], PURPOSE))
    except InvalidToken:
        log.error("encryption_key_missing", setting="ECSDASH_ENCRYPTION_KEYS")
        return {name: value for name, value in stored.items() if name != ENCRYPTED}
