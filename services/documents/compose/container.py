"""One Compose service as a container definition."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose import environment
from services.documents.compose import settings as conversions
from services.documents.compose.health import health_check
from services.documents.compose.interpolation import Interpolation
from services.documents.compose.ports import mappings
from services.documents.compose.report import Misused, Report
from services.documents.compose.resources import size_of
from services.documents.compose.settings import DIRECT
from services.documents.compose.unsupported import BY_BUILD, IMPOSSIBLE, WITHOUT_EFFECT
from services.documents.compose.values import mapping, text
from services.documents.compose.volumes import Mounts, mounts
from services.documents.readings import Options

UNNAMED: Final = re.compile(r"[^A-Za-z0-9_-]+")
#: Keys that are read for all services together (project.py), or beside others.
ELSEWHERE: Final = frozenset({
    "depends_on", "networks", "scale", "profiles", "extends", "env_file", "expose", "tmpfs", "platform", "cpus",
    "mem_limit", "mem_reservation",
})  # fmt: skip


@dataclass
class Project:
    """What the services of a file share."""

    family: str
    interpolation: Interpolation
    options: Options
    volumes: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.interpolation.report


@dataclass
class Container:
    """The container of a service, the mounts of its task, and its settings in the file."""

    service: str
    settings: Mapping[str, Any]
    definition: dict[str, Any]
    mounts: Mounts

    @property
    def at(self) -> str:
        return below("/services", self.service)

    @property
    def name(self) -> str:
        return str(self.definition["name"])


def container(service: str, settings: Mapping[str, Any], project: Project) -> Container:
    """Return the container of a service. Everything that its settings name is in the report."""
    return _Reader(service, settings, project).container()


class _Reader:
    def __init__(self, service: str, settings: Mapping[str, Any], project: Project) -> None:
        self.service = service
        self.settings = settings
        self.project = project
        self.report = project.report
        self.at = below("/services", service)
        self.definition: dict[str, Any] = {"name": UNNAMED.sub("-", service), "essential": True}
        self.mounts = Mounts()

    def container(self) -> Container:
        self._image()
        for key in self.settings:
            if key not in ("image", "build"):
                self._guarded(key)
        self._guarded("logging")
        return Container(self.service, self.settings, self.definition, self.mounts)

    def _image(self) -> None:
        at = below(self.at, "image")
        given = self.settings.get("image")
        if isinstance(given, str) and given:
            self.definition["image"] = given
            self.report.carried(at, "Image")
        else:
            self.definition["image"] = f"<IMAGE_OF_{UNNAMED.sub('_', self.service).upper()}>"
        if "build" in self.settings:
            how = "Push the image to ECR, and enter its address." if not given else ""
            self.report.impossible(below(self.at, "build"), "build was left out.", BY_BUILD, how)
        elif not given:
            self.report.impossible(self.at, "The service has no image.", how="Enter its address.")

    def _guarded(self, key: str) -> None:
        at, value = below(self.at, key), self.settings.get(key)
        if value is None and key != "logging":
            return
        try:
            self._setting(key, value, at)
        except Misused as error:
            self.report.impossible(at, f"{key} was left out. {error}")

    def _setting(self, key: str, value: Any, at: str) -> None:
        """Write one setting into the definition. Raise Misused."""
        if key in DIRECT:
            member, read, what = DIRECT[key]
            self._direct(member, read(value), what, at)
        elif key in self.SPECIAL:
            self.SPECIAL[key](self, value, at)
        elif key in IMPOSSIBLE:
            why, how = IMPOSSIBLE[key]
            self.report.impossible(at, f"{key} was left out.", why, how)
        elif key in WITHOUT_EFFECT:
            self.report.changed(at, f"{key} was left out.", WITHOUT_EFFECT[key])
        elif key not in ELSEWHERE and not key.startswith("x-"):
            self.report.changed(at, f"{key} was left out.", "The Compose Specification has no such setting.")

    def _direct(self, member: str, value: Any, what: str, at: str) -> None:
        if value in ([], {}, ""):
            self.report.changed(at, f"{what}: ECS cannot set it to nothing. The image's own value is used.")
        else:
            self.definition[member] = value
            self.report.carried(at, what)

    def _environment(self, value: Any, at: str) -> None:
        """Write variables and secrets, whichever of their keys the service has."""
        if "environment" in self.definition or "secrets" in self.definition:
            return
        known, files = self.project.secrets, self.project.options.files
        variables = environment.environment(self.settings, files, self.at, self.project.interpolation)
        secret = environment.secrets(self.settings, known, variables, self.at, self.report)
        names = {each["name"] for each in secret}
        plain = [{"name": name, "value": each} for name, each in variables.items() if name not in names]
        self.definition |= {key: entries for key, entries in (("environment", plain), ("secrets", secret)) if entries}

    def _ports(self, value: Any, at: str) -> None:
        """Write the port mappings of both keys; of the second one, which the first has read, nothing."""
        if "portMappings" in self.definition:
            return
        if found := mappings(str(self.definition["name"]), self.settings, self.at, self.report):
            self.definition["portMappings"] = found

    def _volumes(self, value: Any, at: str) -> None:
        if self.mounts.mount_points or self.mounts.tmpfs:
            return
        self.mounts = mounts(self.settings, self.project.volumes, self.at, self.report)
        if self.mounts.mount_points:
            self.definition["mountPoints"] = self.mounts.mount_points
        if self.mounts.tmpfs:
            self._linux({"tmpfs": self.mounts.tmpfs})

    def _sizes(self, value: Any, at: str) -> None:
        self.definition |= size_of(at.rpartition("/")[2], value, self.at, self.report)

    def _deploy(self, value: Any, at: str) -> None:
        self._sizes(value, at)
        self.definition |= conversions.deploy(mapping(value), at, self.report)

    def _healthcheck(self, value: Any, at: str) -> None:
        if found := health_check(value, at, self.report):
            self.definition["healthCheck"] = found

    def _logging(self, value: Any, at: str) -> None:
        if "logConfiguration" not in self.definition:
            group = f"/ecs/{self.project.family}"
            found = conversions.log_configuration(value, group, self.project.options.region, at, self.report)
            self.definition["logConfiguration"] = found

    def _restart(self, value: Any, at: str) -> None:
        if found := conversions.restart_policy(text(value), at, self.report):
            self.definition["restartPolicy"] = found

    def _linux_setting(self, value: Any, at: str) -> None:
        self._linux(conversions.linux_parameters(at.rpartition("/")[2], value, at, self.report))

    def _list(self, value: Any, at: str) -> None:
        member, found = conversions.named_list(at.rpartition("/")[2], value, at, self.report)
        if found:
            self.definition[member] = found

    def _linux(self, members: Mapping[str, Any]) -> None:
        if members:
            parameters = self.definition.setdefault("linuxParameters", {})
            capabilities = {**parameters.get("capabilities", {}), **members.get("capabilities", {})}
            parameters.update(members)
            if capabilities:
                parameters["capabilities"] = capabilities

    def _stop(self, value: Any, at: str) -> None:
        self.definition["stopTimeout"] = conversions.stop_timeout(value, at, self.report)

    SPECIAL: Final[Mapping[str, Callable[["_Reader", Any, str], None]]] = {
        "environment": _environment, "env_file": _environment, "secrets": _environment,
        "ports": _ports, "expose": _ports,
        "volumes": _volumes, "tmpfs": _volumes,
        "deploy": _deploy, "cpus": _sizes, "mem_limit": _sizes, "mem_reservation": _sizes,
        "healthcheck": _healthcheck, "logging": _logging, "restart": _restart, "stop_grace_period": _stop,
        "init": _linux_setting, "cap_add": _linux_setting, "cap_drop": _linux_setting,
        "ulimits": _list, "sysctls": _list,
    }  # fmt: skip
