"""Which services of a Compose file are imported: `extends` is followed, profiles are left out."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Report

DEEPEST: Final = 5
#: Keys that a service does not take over from the one that it extends.
OWN: Final = ("extends", "depends_on", "links", "volumes_from")


def imported(services: Mapping[str, Any], report: Report) -> dict[str, Mapping[str, Any]]:
    """Return the settings of each service by name."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, settings in services.items():
        at = below("/services", name)
        if not isinstance(settings, Mapping):
            report.impossible(at, f"Service {name} was left out. A mapping is expected.")
        elif settings.get("profiles"):
            why = "Compose starts it only when one of its profiles is chosen."
            report.changed(below(at, "profiles"), f"Service {name} was left out.", why, "Remove profiles to import it.")
        else:
            found[name] = _extended(settings, services, at, report)
    return found


def _extended(
    settings: Mapping[str, Any], services: Mapping[str, Any], at: str, report: Report, depth: int = 0
) -> Mapping[str, Any]:
    """Return the settings with those of the service that they extend."""
    extends = settings.get("extends")
    if extends is None:
        return settings
    place = below(at, "extends")
    name = extends.get("service") if isinstance(extends, Mapping) else extends
    if isinstance(extends, Mapping) and extends.get("file"):
        report.impossible(place, f"{extends['file']} is not read.", "One file is imported.", "Paste the merged file.")
        return settings
    base = services.get(name) if isinstance(name, str) else None
    if not isinstance(base, Mapping) or depth >= DEEPEST:
        report.impossible(place, f"The service {name} cannot be extended.")
        return settings
    inherited = _extended(base, services, at, report, depth + 1)
    report.carried(place, f"Settings of {name}")
    return _merged_mappings({key: value for key, value in inherited.items() if key not in OWN}, settings)


def _merged(base: Any, own: Any) -> Any:
    """Return both: mappings by key, lists one after the other, of other values the own one."""
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        return _merged_mappings(base, own)
    if isinstance(base, list) and isinstance(own, list):
        return [*base, *(each for each in own if each not in base)]
    return own


def _merged_mappings(base: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**base, **{key: _merged(base[key], value) if key in base else value for key, value in own.items()}}
