"""Values in the cache are JSON: a key that somebody else wrote to Redis is data, never code, as a pickle would be."""

import json
from typing import Any


class JsonSerializer:
    """Serializer for Django's RedisCache. Whole numbers are stored as they are, so that Redis can count them."""

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes | int) -> Any:
        """Return the value; None, as for a missing key, for what is not JSON."""
        try:
            return stored if isinstance(stored, int) else json.loads(stored)
        except (ValueError, RecursionError):
            return None
