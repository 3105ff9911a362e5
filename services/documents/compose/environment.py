"""Environment, environment files and secrets of a Compose service."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose import env_files
from services.documents.compose.interpolation import Interpolation
from services.documents.compose.report import Misused, Report
from services.documents.compose.values import listed, pairs, text, truth

#: Where Compose mounts secrets. Images that read `NAME_FILE` from there can read `NAME` instead.
MOUNTED: Final = "/run/secrets/"
FROM_FILE: Final = "_FILE"
UNNAMED: Final = re.compile(r"[^A-Z0-9_]+")


def environment(
    settings: Mapping[str, Any], files: Mapping[str, str], at: str, interpolation: Interpolation
) -> dict[str, str]:
    """Return the variables: those of `environment` before those of files, later files before earlier ones."""
    report, found = interpolation.report, dict[str, str | None]()
    for place, entry in _entries(settings.get("env_file") or [], below(at, "env_file")):
        found.update(_of_file(entry, files, place, interpolation))
    own = pairs(settings.get("environment") or {})
    if own:
        report.carried(below(at, "environment"), f"{len(own)} environment variable{'s' if len(own) > 1 else ''}")
    return {
        name: interpolation.text(f"${{{name}}}") if value is None else value for name, value in (found | own).items()
    }


def _entries(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((below(at, number), each) for number, each in enumerate(value))
    else:
        yield at, value


def _of_file(entry: Any, files: Mapping[str, str], at: str, interpolation: Interpolation) -> Mapping[str, str | None]:
    path = text(entry.get("path")) if isinstance(entry, Mapping) else text(entry)
    given = files.get(path.removeprefix("./"), files.get(path.rpartition("/")[2]))
    if given is not None:
        raw = isinstance(entry, Mapping) and entry.get("format") == "raw"
        found = env_files.parse(given, interpolation, raw=raw)
        interpolation.report.carried(at, f"{len(found)} variables of {path}")
        return found
    if isinstance(entry, Mapping) and not truth(entry.get("required", True)):
        interpolation.report.changed(at, f"{path} is optional and was not given: it was left out.")
    else:
        interpolation.report.impossible(
            at,
            f"The variables of {path} are missing.",
            "The file is on the machine where Compose runs.",
            "Choose it together with the Compose file, or store it in S3 and name it in the form.",
        )
    return {}


def secrets(
    settings: Mapping[str, Any], known: Mapping[str, Any], variables: dict[str, str], at: str, report: Report
) -> list[dict[str, str]]:
    """Return the secrets as environment variables whose ARNs are asked for.

    A variable `NAME_FILE` with the path of a secret is removed from `variables`: the secret becomes `NAME`.
    """
    found = {}
    for number, entry in enumerate(listed(settings.get("secrets") or [])):
        place = below(at, "secrets", number)
        source = text(entry.get("source")) if isinstance(entry, Mapping) else text(entry)
        target = text(entry.get("target") or source) if isinstance(entry, Mapping) else source
        path = target if target.startswith("/") else MOUNTED + target
        by_file = next((name for name, value in variables.items() if value == path and name.endswith(FROM_FILE)), "")
        if by_file:
            del variables[by_file]
        name = by_file.removesuffix(FROM_FILE) or _variable(target.rpartition("/")[2])
        asked = f"<ARN_OF_{_variable(source)}>"
        found[name] = {"name": name, "valueFrom": asked}
        report.changed(
            place,
            f"Secret {source} becomes the environment variable {name}.",
            f"ECS has no secret files. {_origin(known.get(source))}",
            "Store the value in Secrets Manager or Parameter Store and enter its ARN."
            + ("" if by_file else f" The program must read {name} instead of {path}."),
        )
    return list(found.values())


def _variable(name: str) -> str:
    found = UNNAMED.sub("_", name.upper()).strip("_")
    if not found:
        raise Misused("A secret needs a name.")
    return found


def _origin(known: Any) -> str:
    if not isinstance(known, Mapping):
        return "The file does not define it."
    for key in ("file", "environment", "name"):
        if known.get(key):
            return f"Its {key} in Compose is {known[key]}."
    return ""
