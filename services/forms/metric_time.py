"""The time that charts of metrics show, from the address of the page."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms

RANGES: Final = {
    "1h": 3600, "3h": 3 * 3600, "12h": 12 * 3600, "1d": 86_400, "3d": 3 * 86_400, "7d": 7 * 86_400, "15d": 15 * 86_400,
}  # fmt: skip
USUAL: Final = "3h"
AS_TYPED: Final = "%Y-%m-%dT%H:%M"
LONGEST, OLDEST = timedelta(days=15), timedelta(days=455)  # CloudWatch keeps hourly values for 455 days


class MetricTimeForm(forms.Form):
    """`range` is the time up to now; `since` and `until` are shown instead if the address has them."""

    range = forms.ChoiceField(required=False, choices=[(name, name) for name in RANGES])
    since = forms.DateTimeField(label="From (UTC)", required=False)
    until = forms.DateTimeField(label="To (UTC)", required=False)

    def __init__(self, asked: Mapping[str, Any], now: datetime) -> None:
        super().__init__({name: asked.get(name) for name in ("range", "since", "until")})
        self.now = now
        for name in ("since", "until"):
            attributes = {"type": "datetime-local", "class": "form-control"}
            self.fields[name].widget = forms.DateTimeInput(attributes, AS_TYPED)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if until and not since:
            self.add_error("since", "Enter the time from which metrics are shown.")
        elif since and since >= min(until or self.now, self.now):
            self.add_error("until" if until else "since", "Enter an earlier begin: it must be before the end and now.")
        elif since and (until or self.now) - since > LONGEST:
            self.add_error("until", "Choose a time of at most 15 days.")
        elif since and self.now - since > OLDEST:
            self.add_error("since", "CloudWatch keeps metrics for 455 days.")
        return data

    @property
    def seconds(self) -> int:
        """The seconds up to now that are shown; 0 if the address has a first time."""
        if self.cleaned_data.get("since"):
            return 0
        return RANGES[self.cleaned_data.get("range") or USUAL]

    @property
    def between(self) -> tuple[datetime, datetime]:
        since: datetime = self.cleaned_data["since"]
        return since.astimezone(UTC), (self.cleaned_data["until"] or self.now).astimezone(UTC)
