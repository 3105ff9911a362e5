"""How long sessions are kept after they expired."""

from django.contrib.sessions.models import Session

from ecsdash.inventory.retention import retain

retain(Session, "expire_date", setting="SESSION_RETENTION_DAYS")
