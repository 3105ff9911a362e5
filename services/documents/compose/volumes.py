"""Volumes of a Compose service: named ones become volumes of the task, tmpfs a memory file system.

What is on the machine where Compose runs (bind mounts) is not there in AWS.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecsdash.web.forms.document.pointers import below
from services.documents.compose.report import Misused, Report
from services.documents.compose.values import listed, mapping, mebibytes, pairs, text, truth

FILE_SYSTEM: Final = re.compile(r"\bfs-[0-9a-f]{8,40}")
PATHS: Final = (".", "/", "~", "\\")
DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
DEFAULT_TMPFS: Final = 64
UNNAMED: Final = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass
class Mounts:
    """What the volumes of one service add to its container and to the task definition."""

    mount_points: list[dict[str, Any]] = field(default_factory=list)
    volumes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tmpfs: list[dict[str, Any]] = field(default_factory=list)


def mounts(settings: Mapping[str, Any], known: Mapping[str, Any], at: str, report: Report) -> Mounts:
    """Return the mounts of a service. `known` are the volumes of the file."""
    found = Mounts()
    for number, each in enumerate(listed(settings.get("volumes") or [])):
        place = below(at, "volumes", number)
        try:
            _add(found, _long(each) if isinstance(each, Mapping) else _short(text(each)), known, place, report)
        except Misused as error:
            report.impossible(place, f"The volume was left out. {error}")
    for number, each in enumerate(listed(settings.get("tmpfs") or [])):
        path, _, options = text(each).partition(":")
        _add_tmpfs(found, path, pairs(options.split(",")).get("size"), below(at, "tmpfs", number), report)
    return found


def _short(written: str) -> dict[str, Any]:
    """Return `[source:]target[:mode]` as the long form."""
    drive = DRIVE.match(written)
    parts = written[2:].split(":") if drive else written.split(":")
    if drive:
        parts[0] = written[:2] + parts[0]
    if len(parts) == 1:
        return {"type": "volume", "target": parts[0]}
    source, target, *modes = parts
    kind = "bind" if source.startswith(PATHS) or drive else "volume"
    return {"type": kind, "source": source, "target": target, "read_only": "ro" in ",".join(modes).split(",")}


def _long(value: Mapping[str, Any]) -> Mapping[str, Any]:
    text(value.get("target"))
    return value


def _add(found: Mounts, volume: Mapping[str, Any], known: Mapping[str, Any], at: str, report: Report) -> None:
    target, kind = text(volume["target"]), text(volume.get("type", "volume"))
    if kind == "tmpfs":
        _add_tmpfs(found, target, mapping(volume.get("tmpfs") or {}).get("size"), at, report)
    elif kind == "volume":
        source = text(volume.get("source") or "")
        name = UNNAMED.sub("-", source or target).strip("-")[:255] or "volume"
        found.volumes[name] = _volume(name, known.get(source), at, report)
        point = {"sourceVolume": name, "containerPath": target}
        read_only = truth(volume.get("read_only", False))
        found.mount_points.append({**point, "readOnly": True} if read_only else point)
    else:
        report.impossible(
            at,
            f"The {kind} mount of {volume.get('source') or target} was left out.",
            "Files of the machine where Compose runs are not there in AWS, and Fargate has no host paths.",
            "Copy configuration into the image, or keep shared files on EFS.",
        )


def _volume(name: str, known: Any, at: str, report: Report) -> dict[str, Any]:
    """Return the volume: EFS if its driver options name a file system, else storage that ends with the task."""
    options = known.get("driver_opts") if isinstance(known, Mapping) else None
    written = " ".join(map(str, options.values())) if isinstance(options, Mapping) else ""
    if file_system := FILE_SYSTEM.search(written):
        report.changed(at, f"Volume {name} is the EFS file system {file_system[0]}, encrypted in transit.")
        settings = {"fileSystemId": file_system[0], "transitEncryption": "ENABLED"}
        return {"name": name, "efsVolumeConfiguration": settings}
    report.changed(
        at,
        f"Volume {name} is empty at the start of each task and deleted with it.",
        "Named volumes of Compose stay on one machine. Tasks of ECS move.",
        "For data that must stay, choose an EFS file system for the volume in the form.",
    )
    return {"name": name}


def _add_tmpfs(found: Mounts, target: str, size: Any, at: str, report: Report) -> None:
    given = mebibytes(size) if size else DEFAULT_TMPFS
    found.tmpfs.append({"containerPath": target, "size": max(given, 1)})
    if size:
        report.carried(at, f"Memory file system {target}, {given} MiB")
    else:
        what = f"The memory file system {target} has {given} MiB."
        report.changed(at, what, "ECS needs a size, and the file has none.", "Change it in the form.")


def shared(services: Mapping[str, Mounts]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of volumes that several services mount, with these services."""
    users: dict[str, list[str]] = {}
    for service, each in services.items():
        for name in each.volumes:
            users.setdefault(name, []).append(service)
    return ((name, names) for name, names in users.items() if len(names) > 1)
