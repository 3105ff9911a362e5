"""Compose files (Compose Specification) as task definitions for Fargate: one for all services, or one for each."""

from collections.abc import Mapping
from typing import Any, Final

from services.documents.compose import env_files
from services.documents.compose.container import UNNAMED, Project, container
from services.documents.compose.interpolation import Interpolation
from services.documents.compose.project import one_each, one_task
from services.documents.compose.report import Report
from services.documents.compose.services import imported
from services.documents.readings import Options, Reading, Unreadable

FORMAT: Final = "Compose"
VARIABLES: Final = ".env"
#: What is read of a file. Extensions (x-...) and anchors are already part of what names them.
KEYS: Final = ("name", "services", "volumes", "networks", "secrets")
WITHOUT_EFFECT: Final = ("version", "configs")
MOST_SERVICES: Final = 50


def is_project(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("services"), Mapping)


def read(value: Mapping[str, Any], options: Options) -> Reading:
    """Return the documents of a Compose file. Raise Unreadable if it has no service that can be imported."""
    report = Report()
    interpolation = Interpolation(_variables(options), report)
    file = interpolation.value({key: value[key] for key in KEYS if key in value})
    services = imported(file["services"], report)
    if not services:
        raise Unreadable("The Compose file has no service to import.")
    if len(services) > MOST_SERVICES:
        raise Unreadable(f"The Compose file has more than {MOST_SERVICES} services.", how="Import it in parts.")
    project = Project(
        family=UNNAMED.sub("-", str(file.get("name") or "compose"))[:100].strip("-") or "compose",
        interpolation=interpolation,
        options=options,
        volumes=_mapping(file.get("volumes")),
        secrets=_mapping(file.get("secrets")),
    )
    containers = [container(name, settings, project) for name, settings in services.items()]
    documents = one_each(containers, project) if options.separate else one_task(containers, project)
    _whole_file(value, options, report)
    return Reading(FORMAT, documents, tuple(report.findings), tuple(interpolation.asked.values()), value)


def _variables(options: Options) -> dict[str, str]:
    """Return the variables by name: entered values before those of the file .env."""
    given = env_files.parse(options.files.get(VARIABLES, ""), None)
    entered = {name: value for name, value in options.values.items() if value}
    return {name: value for name, value in given.items() if value is not None} | entered


def _whole_file(value: Mapping[str, Any], options: Options, report: Report) -> None:
    """Report what the file has beside its services."""
    if value.get("include"):
        report.impossible("/include", "Included files are not read.", "One file is imported.", "Paste the merged file.")
    if value.get("networks") and not options.separate:
        report.changed("/networks", "The networks were left out.", "A task has one network interface.")
    if options.execution_role:
        what = f"The task execution role is {options.execution_role.rpartition('/')[2]}."
        report.changed(
            "/services", what, "Fargate needs it to write logs and to read secrets.", "Change it in the form."
        )
    for key in value:
        if key not in (*KEYS, *WITHOUT_EFFECT, "include") and not key.startswith("x-"):
            report.changed(f"/{key}", f"{key} was left out.", "It is not part of what ECS runs.")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
