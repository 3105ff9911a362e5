"""Sweep of CloudTrail's event history. AWS delivers an event there within about 15 minutes, often sooner."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from ecsdash.aws.errors import UNKNOWN_OPERATION, AccessDenied, AwsError
from ecsdash.external_changes import events, intake
from ecsdash.external_changes.models import NOUN, ExternalChange, ReadPosition
from ecsdash.inventory import changes
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from ecsdash.web import clock

OVERLAP: Final = timedelta(minutes=2)
#: Events come late and out of order: every REREAD, the last LATE is read again.
LATE, REREAD = timedelta(minutes=30), timedelta(minutes=5)
#: The longest absence after which all events are read.
MOST: Final = timedelta(days=7)
#: Lookups accept one attribute. Without reads, most events are left out.
CHANGES: Final = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
LOOKUP: Final = "cloudtrail.lookup_events"
log = structlog.get_logger(__name__)


@sweeper(NOUN, seconds="external_changes")
def sweep_external_changes(scope: Scope) -> None:
    """Read the changes since the last time. The first time, only note where to begin.

    A denied call and an endpoint without CloudTrail are no failures of the inventory: pages say what is missing.
    """
    position, _ = ReadPosition.objects.get_or_create(account=scope.account, region=scope.region)
    try:
        values = _read(scope, position) if position.since and position.newest else _begin(scope)
    except AwsError as error:
        values = {"problem": _problem(error)}
        log.info("cloudtrail_not_read", account=scope.account.alias, region=scope.region, code=error.code)
    _store(scope, position, {"problem": "", **values})


def _problem(error: AwsError) -> str:
    """Return why CloudTrail cannot be read. Raise the error again if the same call may succeed later."""
    if error.code in UNKNOWN_OPERATION:
        return "This AWS endpoint has no CloudTrail."
    if isinstance(error, AccessDenied):
        return f"AWS refused cloudtrail:LookupEvents ({error.code}). Allow it for the dashboard's role."
    raise error


def _begin(scope: Scope) -> dict[str, Any]:
    found = scope.connection().call(LOOKUP, LookupAttributes=CHANGES, MaxResults=1).data.get("Events", [])
    since = found[0]["EventTime"] + timedelta(seconds=1) if found else clock.now()
    return {"since": since, "newest": since, "read_at": clock.now()}


def _read(scope: Scope, position: Any) -> dict[str, Any]:
    now = clock.now()
    reread = position.reread_at is None or position.reread_at < now - REREAD
    start = max(position.since, position.newest - (LATE if reread else OVERLAP), now - MOST)
    found = scope.connection().collect(LOOKUP, "Events", LookupAttributes=CHANGES, StartTime=start)
    intake.store_records(scope, _records(found))
    intake.mark_reverted(scope)
    newest: datetime = max((each["EventTime"] for each in found), default=position.newest)
    return {"newest": max(newest, position.newest), "read_at": now, **({"reread_at": now} if reread else {})}


def _store(scope: Scope, position: ReadPosition, values: dict[str, Any]) -> None:
    ReadPosition.objects.filter(pk=position.pk).update(**values)
    if values["problem"] != position.problem:
        changes.bump(scope.account, scope.region, NOUN)


def _records(found: Iterable[dict[str, Any]]) -> Iterable[Record]:
    for each in found:
        try:
            record = events.record_of(json.loads(each["CloudTrailEvent"]), ExternalChange.Source.CLOUDTRAIL)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("cloudtrail_event_not_read", event=str(each.get("EventId")), error=type(error).__name__)
            continue
        if record:
            yield record
