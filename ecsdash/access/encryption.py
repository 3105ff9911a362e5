"""Encryption of texts in the database. Keys come from the environment: the first encrypts, all decrypt, so a new key is
put in front of the old one."""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def encrypt(text: str, purpose: bytes) -> str:
    """Return the text encrypted with the first key. `purpose` separates the keys of different kinds of data."""
    return _keys(purpose, *settings.ENCRYPTION_KEYS).encrypt(text.encode()).decode()


def decrypt(encrypted: str, purpose: bytes) -> str:
    """Return the text. Raise cryptography.fernet.InvalidToken if no key in the environment fits."""
    return _keys(purpose, *settings.ENCRYPTION_KEYS).decrypt(encrypted.encode()).decode()


@lru_cache(maxsize=8)
def _keys(purpose: bytes, *keys: str) -> MultiFernet:
    derived = (hmac.digest(key.encode(), purpose, "sha256") for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
