"""The configuration of the ECS agent in the user data of an EC2 instance."""

import base64
import binascii
import re

_CLUSTER = re.compile(r"ECS_CLUSTER[\"']?\s*[=:]\s*[\"']?([A-Za-z0-9_-]+)")
_DRAINS = re.compile(r"ECS_ENABLE_SPOT_INSTANCE_DRAINING[\"']?\s*[=:]\s*[\"']?true")


def cluster_in(raw: object) -> str:
    """Return the cluster that the agent's configuration names, or an empty text."""
    match = _CLUSTER.search(_text(raw))
    return match[1] if match else ""


def drains_when_interrupted(raw: object) -> bool:
    return bool(_DRAINS.search(_text(raw)))


def _text(raw: object) -> str:
    """Decode base64 where needed: moto stores user data differently for each way of launching."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw or "")
    if "ECS_" in text:
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text
