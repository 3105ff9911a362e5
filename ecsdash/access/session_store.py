"""Sessions in the database, each with its user: a person lists the own ones and ends them.

The name is what SESSION_ENGINE needs. Times are seconds since the epoch in the session's data.
"""

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from ecsdash.access.models import UserSession

SIGNED_IN_AT: Final = "signed_in_at"
ACTIVE_AT: Final = "active_at"  # of the last request that a person made
CLIENT: Final = "client"  # address and user agent at the sign-in


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """Return the row; the columns repeat what queries need of the data."""
        row: UserSession = super().create_model_instance(data)  # type: ignore[assignment]
        ip, agent = data.get(CLIENT) or (None, "")
        row.user_id = data.get(SESSION_KEY)
        row.ip, row.user_agent = ip or None, agent
        row.signed_in_at, row.active_at = _time(data.get(SIGNED_IN_AT)), _time(data.get(ACTIVE_AT))
        return row


def _time(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
