"""The form above log lines: which tasks, which filter, which time. It is filled from the address of the page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms

LONGEST_PATTERN: Final = 1024  # of CloudWatch Logs
RANGES: Final = (
    ("900", "Last 15 minutes"), ("3600", "Last hour"), ("10800", "Last 3 hours"), ("43200", "Last 12 hours"),
    ("86400", "Last day"), ("259200", "Last 3 days"), ("604800", "Last 7 days"), ("between", "Between two times"),
)  # fmt: skip
LIFE: Final = "life"
AS_TYPED: Final = "%Y-%m-%dT%H:%M:%S"  # of a field for date and time
Period = tuple[datetime, datetime | None]


class LogForm(forms.Form):
    """`offered` are the values to choose from, by field; what the address names beside them is searched all the same.
    `life`: when the stopped task ran that the address names; it is shown unless another time is chosen."""

    q = forms.CharField(label="Filter pattern", required=False, max_length=LONGEST_PATTERN, strip=True)
    task = forms.CharField(label="Task", required=False, max_length=64)
    revision = forms.CharField(label="Revision", required=False, max_length=300)
    container = forms.CharField(label="Container", required=False, max_length=255)
    range = forms.ChoiceField(label="Time", required=False, choices=RANGES)
    since = forms.DateTimeField(label="From", required=False)
    until = forms.DateTimeField(label="To", required=False)

    def __init__(self, asked: Mapping[str, Any], life: Period | None = None, **offered: list[str]) -> None:
        super().__init__({**{name: asked.get(name) for name in asked}, "range": asked.get("range") or _usual(life)})
        self.life = life
        if life:
            self.fields["range"] = forms.ChoiceField(label="Time", choices=[(LIFE, "While the task ran"), *RANGES])
        for name, values in offered.items():
            chosen = [value for value in [self.data.get(name, "")] if value and value not in values]
            choices = [("", "All"), *((value, value) for value in [*values, *chosen])]
            self.fields[name].widget = forms.Select(choices=choices)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local", "step": "1"}, AS_TYPED)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        self.fields["q"].widget.attrs |= {"placeholder": '"exact words" or { $.level = "error" }', "type": "search"}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("range") == "between":
            since, until = data.get("since"), data.get("until")
            if since is None and "since" not in self.errors:
                self.add_error("since", "Enter the time from which lines are shown.")
            if since and until and until <= since:
                self.add_error("until", "Enter a time after the first one.")
        return data

    @property
    def back(self) -> int:
        """Seconds before now at which the shown time begins; 0 if it begins at a time of its own."""
        chosen: str = self.cleaned_data["range"]
        return int(chosen) if chosen.isdigit() else 0

    def times(self, now: datetime) -> Period:
        """Return the first time, and the last one: None if lines are shown as they are written."""
        if self.back:
            return now - timedelta(seconds=self.back), None
        if self.cleaned_data["range"] == LIFE and self.life:
            return self.life
        return self.cleaned_data["since"], self.cleaned_data["until"]


def _usual(life: Period | None) -> str:
    return LIFE if life else RANGES[0][0]
