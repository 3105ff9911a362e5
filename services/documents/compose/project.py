"""All services of a Compose file: which of them run, how they depend on each other, and the documents they become."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.container import UNNAMED, Container, Project
from services.documents.compose.health import has_check
from services.documents.compose.report import Misused, Report
from services.documents.compose.resources import task_size
from services.documents.compose.service_connect import add_usual_port, service_connect
from services.documents.compose.values import text, whole
from services.documents.compose.volumes import shared
from services.documents.kinds import Document, DocumentKind

MOST_CONTAINERS: Final = 10
CONDITIONS: Final = {
    "service_started": "START",
    "service_healthy": "HEALTHY",
    "service_completed_successfully": "SUCCESS",
}
ARCHITECTURES: Final = {"amd64": "X86_64", "x86_64": "X86_64", "arm64": "ARM64", "aarch64": "ARM64"}
TOGETHER: Final = "All containers of a task start and stop together."


def one_task(containers: list[Container], project: Project) -> tuple[Document, ...]:
    """Return one task definition with a container for each service."""
    report = project.report
    if len(containers) > MOST_CONTAINERS:
        what = f"{len(containers)} services are more than the {MOST_CONTAINERS} containers of a task."
        report.impossible("/services", what, how="Import one task definition for each service.")
    for each in containers:
        _depends_on(each, containers, report)
        _names_of_others(each, containers, report)
        if each.settings.get("networks"):
            place = below(each.at, "networks")
            report.changed(place, "The networks were left out.", "A task has one network interface.")
    _port_conflicts(containers, report)
    _replicas_of_one(containers, report)
    return (_task_definition(project.family, containers, project),)


def one_each(containers: list[Container], project: Project) -> tuple[Document, ...]:
    """Return for each service a task definition and a service, joined by Service Connect."""
    found: list[Document] = []
    for name, users in shared({each.service: each.mounts for each in containers}):
        what = f"Volume {name} is not shared by {', '.join(users)}: each task has its own."
        project.report.impossible(below("/volumes", name), what, how="Choose an EFS file system for it in each form.")
    for each in _in_order(containers):
        add_usual_port(each, project.report)
        family = f"{project.family}-{each.name}"
        found.append(_task_definition(family, [each], project))
        found.append(_service(family, each, project.report))
    return tuple(found)


def _in_order(containers: list[Container]) -> Iterable[Container]:
    """Return the containers, each after those that it names: tasks find only services that exist when they start."""
    by_service = {each.service: each for each in containers}
    found: dict[str, Container] = {}

    def place(each: Container, above: frozenset[str]) -> None:
        needed = [name for name, _, _ in _dependencies(each)] + [host for host, _ in _named_hosts(each, by_service)]
        for name in needed:
            if name in by_service and name not in above:
                place(by_service.pop(name), above | {name})
        found[each.service] = each

    while by_service:
        name = next(iter(by_service))
        place(by_service.pop(name), frozenset({name}))
    return found.values()


def _task_definition(family: str, containers: list[Container], project: Project) -> Document:
    definitions = [each.definition for each in containers]
    volumes = {name: volume for each in containers for name, volume in each.mounts.volumes.items()}
    role = project.options.execution_role
    at = containers[0].at if len(containers) == 1 else "/services"
    content = {
        "family": family,
        **({"executionRoleArn": role} if role else {}),
        "networkMode": "awsvpc",
        "containerDefinitions": definitions,
        **({"volumes": list(volumes.values())} if volumes else {}),
        "requiresCompatibilities": ["FARGATE"],
        **task_size(definitions, at, project.report),
        **_platform(containers, project.report),
    }
    return Document(DocumentKind.TASK_DEFINITION, content).ordered()


def _service(family: str, container: Container, report: Report) -> Document:
    report.changed(container.at, "A deployment that fails is rolled back.", "Compose has no such setting.")
    waits = container.settings.get("depends_on")
    if waits:
        report.changed(
            below(container.at, "depends_on"),
            "The order of the start was left out.",
            "Tasks of different services start independently.",
            "The program must try again until what it needs answers.",
        )
    content = {
        "serviceName": container.name,
        "taskDefinition": family,
        "desiredCount": _replicas(container, report),
        "launchType": "FARGATE",
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        "serviceConnectConfiguration": service_connect(container, report),
    }
    return Document(DocumentKind.SERVICE, content)


def _depends_on(container: Container, others: list[Container], report: Report) -> None:
    """Write the startup dependencies of a container of the task."""
    found = []
    by_service = {each.service: each for each in others}
    for service, place, settings in _dependencies(container):
        other = by_service.get(service)
        if other is None:
            report.changed(place, f"Service {service} is not imported: the dependency was left out.")
            continue
        condition = CONDITIONS.get(text(settings.get("condition", "service_started")), "START")
        if condition == "HEALTHY" and not has_check(other.settings):
            why = "ECS ignores the health check of the image."
            report.changed(place, f"{service} needs only to be started.", why, f"Add a health check to {service}.")
            condition = "START"
        else:
            report.carried(place, f"Waits for {service}: {condition}")
        if condition == "SUCCESS":
            other.definition["essential"] = False
            other.definition.pop("restartPolicy", None)
        found.append({"containerName": other.name, "condition": condition})
    if found:
        container.definition["dependsOn"] = found


def _dependencies(container: Container) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each service that the container waits for, its place, and the settings of the dependency."""
    at, value = below(container.at, "depends_on"), container.settings.get("depends_on") or []
    if isinstance(value, Mapping):
        for service, settings in value.items():
            yield service, below(at, service), settings if isinstance(settings, Mapping) else {}
    elif isinstance(value, list):
        for number, service in enumerate(value):
            yield str(service), below(at, number), {}


def _names_of_others(container: Container, others: list[Container], report: Report) -> None:
    """Report variables that name another service as a host: in one task it is localhost."""
    names = {each.service for each in others if each is not container}
    for host, variable in _named_hosts(container, names):
        report.changed(
            below(container.at, "environment", variable),
            f"{variable} names the service {host}.",
            "In one task the containers reach each other at localhost: names of services do not resolve.",
            "Write localhost in the form, or import one task definition for each service.",
        )


def _named_hosts(container: Container, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each of the names that is a word in a variable of the container, and the name of the variable."""
    for variable in container.definition.get("environment", []):
        for host in sorted({word for word in UNNAMED.split(variable["value"]) if word in names}):
            yield host, variable["name"]


def _port_conflicts(containers: list[Container], report: Report) -> None:
    users: dict[int, str] = {}
    for each in containers:
        for port in each.definition.get("portMappings", []):
            number = port.get("containerPort", 0)
            other = users.setdefault(number, each.service)
            if number and other != each.service:
                report.impossible(
                    below(each.at, "ports"),
                    f"{each.service} and {other} both use port {number}.",
                    "Containers of a task share one network interface.",
                    "Change one of the ports, or import one task definition for each service.",
                )


def _replicas_of_one(containers: list[Container], report: Report) -> None:
    for each in containers:
        if _replicas(each, report, silent=True) > 1:
            report.changed(
                each.at, "The number of replicas was left out.", TOGETHER, "Set the desired tasks of the service."
            )


def _replicas(container: Container, report: Report, *, silent: bool = False) -> int:
    deploy = container.settings.get("deploy")
    given = deploy.get("replicas") if isinstance(deploy, Mapping) else None
    given = container.settings.get("scale") if given is None else given
    try:
        found = 1 if given is None else whole(given)
    except Misused as error:
        report.impossible(container.at, f"The number of replicas was left out. {error}")
        return 1
    if given is not None and not silent:
        report.carried(container.at, f"Desired tasks: {found}")
    return found


def _platform(containers: list[Container], report: Report) -> dict[str, Any]:
    """Return the runtime platform that the containers name, {} if they name none."""
    found: dict[str, str] = {}
    for each in containers:
        given = each.settings.get("platform")
        words = given.split("/") if isinstance(given, str) else []
        architecture = ARCHITECTURES.get(words[1] if len(words) > 1 else words[0] if words else "", "")
        at = below(each.at, "platform")
        if given is not None and not architecture:
            report.impossible(at, f"The platform {given} was left out.", "Fargate has linux/amd64 and linux/arm64.")
        elif architecture and architecture not in found and found:
            report.impossible(at, f"{architecture} was left out: a task has one architecture.", TOGETHER)
        elif architecture:
            found[architecture] = each.service
            report.carried(at, f"Architecture {architecture}")
    first = next(iter(found), "")
    return {"runtimePlatform": {"cpuArchitecture": first, "operatingSystemFamily": "LINUX"}} if first else {}
