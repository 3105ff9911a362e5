"""Failed tasks whose logs nobody has read: their last lines are the evidence of a verdict."""

from datetime import datetime, timedelta
from typing import Final

from services.models import Task
from services.models.task import FAILED

RECENT: Final = timedelta(minutes=10)
#: A place whose tasks fail one after the other needs one log in this time.
AGAIN: Final = timedelta(minutes=5)
LOOKED_AT: Final = 200
AT_ONCE: Final = 5

Place = tuple[int, str, str, str, str]


def with_unread_logs(now: datetime) -> list[int]:
    """Return the primary keys of the newest failed task of some places (a service, or a family of standalone tasks),
    without the places of which a log was read lately."""
    rows = Task.objects.filter(FAILED, last_status="STOPPED", stopped_at__gte=now - RECENT, completed=False)
    places = ("account", "region", "cluster_name", "service_name", "family")
    read = rows.filter(logs__fetched_at__gte=now - AGAIN).values_list(*places)
    known: set[Place] = set(read.distinct())
    found: dict[Place, int] = {}
    unread = rows.filter(logs=None).order_by("-stopped_at")
    for key, *place in unread.values_list("pk", *places)[:LOOKED_AT]:
        found.setdefault((place[0], place[1], place[2], place[3], place[4]), key)
    return [key for place, key in found.items() if place not in known][:AT_ONCE]
