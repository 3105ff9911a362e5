"""The five tones (colour and icon) of a status. Every status enum maps its members to one of them."""

from enum import StrEnum


class Tone(StrEnum):
    OK = "ok"
    PROGRESS = "progress"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"

    @property
    def icon(self) -> str:
        return ICONS[self]


ICONS = {
    Tone.OK: "circle-check",
    Tone.PROGRESS: "loader",
    Tone.WARN: "alert-triangle",
    Tone.BAD: "alert-octagon",
    Tone.IDLE: "circle-minus",
}
