"""How long sessions are kept after they expired."""

from ecsdash.access.models import UserSession
from ecsdash.inventory.retention import retain

retain(UserSession, "expire_date", setting="SESSION_RETENTION_DAYS")
