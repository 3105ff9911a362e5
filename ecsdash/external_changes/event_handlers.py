"""API calls that EventBridge reports, within seconds. AWS sends them only where a trail records the account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ecsdash.external_changes import events, intake
from ecsdash.external_changes.models import NOUN, ExternalChange
from ecsdash.inventory.events.handlers import (
    API_CALL,
    Event,
    EventEffect,
    Mention,
    NounEvents,
    RowUpdate,
    event_handler,
    noun_events,
)
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record


@event_handler(API_CALL)
def api_called(event: Event) -> EventEffect:
    record = events.record_of(event.detail, ExternalChange.Source.EVENTBRIDGE)
    if record is None:
        return EventEffect()

    def make(description: dict[str, Any]) -> Record:
        return replace(record, description=description)

    row = RowUpdate(ExternalChange, NOUN, record.arn, record.version, record.description, make)
    return EventEffect(row, (Mention(NOUN, record.arn),))


@noun_events
class ExternalChangeEvents(NounEvents):
    noun = NOUN

    def needs_describe(self, scope: Scope, mentions: Sequence[Mention]) -> set[str]:
        return {mention.arn for mention in mentions}

    def describe(self, scope: Scope, arns: Sequence[str]) -> None:
        """Decide whether these calls are ours: no call of AWS is needed."""
        intake.decide(scope)
