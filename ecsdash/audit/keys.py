"""Keys of the MACs of events, checkpoints and manifests. The database never holds them."""

import hmac
from functools import lru_cache
from typing import Final, NamedTuple

from django.conf import settings

from ecsdash.audit.verifier import Keys, parse_keys

#: Name of the key that is derived from SECRET_KEY when ECSDASH_AUDIT_KEYS is not set.
DERIVED: Final = "derived"


class Key(NamedTuple):
    id: str
    secret: bytes


def all_keys() -> Keys:
    """Return the keys by their names: the first one signs, all of them verify."""
    return _keys(",".join(settings.AUDIT_KEYS), settings.SECRET_KEY)


def signing_key() -> Key:
    return Key(*next(iter(all_keys().items())))


@lru_cache(maxsize=4)
def _keys(configured: str, secret_key: str) -> Keys:
    derived = hmac.digest(secret_key.encode(), b"ecsdash audit trail", "sha256").hex().encode()
    return {**parse_keys(configured), DERIVED: derived}
