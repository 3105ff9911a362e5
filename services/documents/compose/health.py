"""Health checks of Compose as those of ECS, whose times have limits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Misused, Report
from services.documents.compose.values import mapping, seconds, texts, truth, whole

KINDS: Final = ("CMD", "CMD-SHELL")
#: Member of Compose -> member of ECS, default of Compose, least and most of ECS, all in seconds.
TIMES: Final = {
    "interval": ("interval", 30, 5, 300),
    "timeout": ("timeout", 30, 2, 60),
    "start_period": ("startPeriod", 0, 0, 300),
}
RETRIES: Final = (1, 10)
NOT_IN_ECS: Final = "start_interval"


def health_check(value: Any, at: str, report: Report) -> dict[str, Any] | None:
    """Return the health check; None where Compose switches it off. Raise Misused."""
    settings = mapping(value)
    test = settings.get("test")
    if truth(settings.get("disable", False)) or test in (["NONE"], "NONE"):
        report.carried(at, "No health check: ECS ignores the one of the image.")
        return None
    found: dict[str, Any] = {"command": _command(test)}
    for name, (member, default, least, most) in TIMES.items():
        given = seconds(settings[name]) if settings.get(name) is not None else Decimal(default)
        limited = _limited(given, least, most, below(at, name), report)
        if limited or member != "startPeriod":
            found[member] = limited
    retries = whole(settings["retries"]) if settings.get("retries") is not None else 3
    found["retries"] = _limited(Decimal(retries), *RETRIES, below(at, "retries"), report)
    if NOT_IN_ECS in settings:
        report.changed(below(at, NOT_IN_ECS), "start_interval was left out.", "ECS always checks at the interval.")
    report.carried(below(at, "test"), "Health check command")
    return found


def _command(test: Any) -> list[str]:
    if isinstance(test, str) and test:
        return ["CMD-SHELL", test]
    words = texts(test) if isinstance(test, list) else []
    if len(words) < 2 or words[0] not in KINDS:
        raise Misused("A text, or a list that begins with CMD or CMD-SHELL, is expected.")
    return words


def _limited(given: Decimal, least: int, most: int, at: str, report: Report) -> int:
    """Return the number within the limits of ECS, in whole seconds, rounded up."""
    found = min(max(int(-(-given // 1)), least), most)
    if found != given:
        report.changed(
            at, f"{given.normalize():f} became {found}.", f"ECS allows whole numbers from {least} to {most}."
        )
    return found


def has_check(settings: Mapping[str, Any]) -> bool:
    """Return whether a service has a health check that ECS can run."""
    check = settings.get("healthcheck")
    return isinstance(check, Mapping) and bool(check.get("test")) and not check.get("disable")
