"""How long external changes are kept here. Their audit events stay."""

from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.retention import retain

retain(ExternalChange, "happened_at", setting="EXTERNAL_CHANGE_RETENTION_DAYS")
