"""Audit events of external changes."""

from typing import Final

from ecsdash.audit.codes import register

EXTERNAL: Final = "external_change"
KEPT: Final = "keep_external_change"

register(
    "external.changed",
    "Somebody changed a resource outside this dashboard. `detail` holds the call, its time and its source.",
    EXTERNAL,
)
register("external.kept", "Somebody decided to keep an external change; `reason` says why.", KEPT)
