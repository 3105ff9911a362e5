"""Build a task definition from form fields on top of a base definition. Keys without a form field are kept."""

import json
from collections.abc import Mapping
from typing import Any

from ecsdash.masking import is_fingerprint
from services.forms.task_definition.rules import number

Json = Mapping[str, Any]
COMPATIBILITY = {"FARGATE": ["FARGATE"], "EC2": ["EC2"], "BOTH": ["EC2", "FARGATE"]}


def build(fields: Json, base: Json, region: str) -> dict[str, Any]:
    """Return the definition. `fields` are cleaned; invalid ones are missing. `base` is not changed."""
    found = dict(base)
    family = fields.get("family") or ""
    chosen = COMPATIBILITY[fields.get("compatibility") or "FARGATE"]
    others = [each for each in base.get("requiresCompatibilities", []) if each not in COMPATIBILITY["BOTH"]]
    unsaid = bool(base) and not base.get("requiresCompatibilities")
    if not (unsaid and chosen == ["EC2"]):
        found["requiresCompatibilities"] = _same_order(base.get("requiresCompatibilities", []), [*chosen, *others])
    _put(found, "family", family)
    if base.get("networkMode") or fields.get("network_mode") != "bridge":
        _put(found, "networkMode", fields.get("network_mode"))
    _put(found, "cpu", _same_size(base.get("cpu"), fields.get("cpu")))
    _put(found, "memory", _same_size(base.get("memory"), fields.get("memory")))
    for member, name in (("taskRoleArn", "task_role"), ("executionRoleArn", "execution_role")):
        _put(found, member, _same_role(base.get(member), fields.get(name, base.get(member))))
    known = {each.get("name"): each for each in base.get("containerDefinitions", [])}
    found["containerDefinitions"] = [
        _container(each, known.get(each.get("was") or each.get("name"), {}), family, region)
        for each in fields.get("containers", [])
    ]
    volumes = {each.get("name"): each for each in base.get("volumes", [])}
    _put(found, "volumes", [_volume(each, volumes.get(each.get("name"), {})) for each in fields.get("volumes", [])])
    _put(found, "tags", [{"key": each.get("key"), "value": each.get("value")} for each in fields.get("tags", [])])
    return found


def _put(target: dict[str, Any], key: str, value: Any) -> None:
    """Set a value; remove the key if the value is empty, unless it was empty before."""
    if value in (None, "", [], {}) and target.get(key) not in ("", [], {}):
        target.pop(key, None)
    elif value not in (None, ""):
        target[key] = value


def _same_order(before: list[str], after: list[str]) -> list[str]:
    return before if set(before) == set(after) else after


def _same_size(before: Any, wanted: int | None) -> Any:
    """Return the size as an API string; keep an equal size in another notation ("1 vCPU")."""
    if before and number(before) == wanted:
        return before
    return str(wanted) if wanted else None


def _same_role(before: Any, wanted: str | None) -> Any:
    """Return the role; keep a name that means the same role as the ARN."""
    return before if before and wanted and wanted.endswith(f"/{before}") else wanted


def _container(fields: Json, base: Json, family: str, region: str) -> dict[str, Any]:
    found = dict(base)
    _put(found, "name", fields.get("name"))
    _put(found, "image", fields.get("image"))
    if "essential" in base or not fields.get("essential", True):
        found["essential"] = bool(fields.get("essential"))
    for key, name in (("cpu", "cpu"), ("memory", "memory"), ("memoryReservation", "memory_reservation")):
        if not (base.get(key) == 0 and fields.get(name) is None):
            _put(found, key, fields.get(name))
    _put(found, "entryPoint", fields.get("entry_point"))
    _put(found, "command", fields.get("command"))
    _put(found, "workingDirectory", fields.get("working_directory"))
    _put(found, "portMappings", _ports(fields, base))
    rows = fields.get("environment", [])
    plain = [{"name": e.get("name"), "value": e.get("value", "")} for e in rows if e.get("kind") != "secret"]
    secrets = [{"name": e.get("name"), "valueFrom": e.get("value", "")} for e in rows if e.get("kind") == "secret"]
    _put(found, "environment", plain)
    _put(found, "secrets", secrets)
    _put(found, "mountPoints", [_mount(each, base) for each in fields.get("mounts", [])])
    waits = [
        {"containerName": e.get("container"), "condition": e.get("condition")} for e in fields.get("depends_on", [])
    ]
    _put(found, "dependsOn", waits)
    _put(found, "healthCheck", _health(fields, base.get("healthCheck") or {}))
    _put(found, "logConfiguration", _logs(fields, base.get("logConfiguration") or {}, family, region))
    return found


def _ports(fields: Json, base: Json) -> list[dict[str, Any]]:
    before = base.get("portMappings", [])
    known = {(each.get("containerPort"), each.get("protocol") or "tcp"): each for each in before}
    ranges = [each for each in before if "containerPortRange" in each]
    return [*(_port(each, known) for each in fields.get("ports", [])), *ranges]


def _port(fields: Json, known: Mapping[tuple[Any, str], Json]) -> dict[str, Any]:
    protocol = fields.get("protocol") or "tcp"
    found = dict(known.get((fields.get("container_port"), protocol), {}))
    _put(found, "containerPort", fields.get("container_port"))
    _put(found, "hostPort", fields.get("host_port"))
    if protocol != "tcp" or "protocol" in found:
        found["protocol"] = protocol
    _put(found, "name", fields.get("name"))
    return found


def _mount(fields: Json, base: Json) -> dict[str, Any]:
    known = {each.get("containerPath"): each for each in base.get("mountPoints", [])}
    found = dict(known.get(fields.get("path"), {}))
    _put(found, "sourceVolume", fields.get("volume"))
    _put(found, "containerPath", fields.get("path"))
    if fields.get("read_only") or "readOnly" in found:
        found["readOnly"] = bool(fields.get("read_only"))
    return found


def _health(fields: Json, base: Json) -> dict[str, Any]:
    command = str(fields.get("health_command") or "").strip()
    if not command:
        return {}
    found = dict(base)
    found["command"] = _health_words(command)
    for key, name in (("interval", "interval"), ("timeout", "timeout"), ("retries", "retries")):
        _put(found, key, fields.get(f"health_{name}"))
    if fields.get("health_start_period") is not None or base.get("startPeriod"):
        _put(found, "startPeriod", fields.get("health_start_period"))
    return found


def _health_words(command: str) -> list[str]:
    if is_fingerprint(command):
        return [command]
    words: list[str] = json.loads(command) if command.startswith("[") else ["CMD-SHELL", command]
    return words


def _logs(fields: Json, base: Json, family: str, region: str) -> dict[str, Any]:
    if fields.get("logs") == "kept":
        return dict(base)
    if fields.get("logs") != "awslogs":
        return {}
    same = base if base.get("logDriver") == "awslogs" else {}
    options = dict(same.get("options", {}))
    options["awslogs-group"] = fields.get("log_group") or f"/ecs/{family}"
    options.setdefault("awslogs-region", region)
    _put(options, "awslogs-stream-prefix", fields.get("log_prefix"))
    return {**same, "logDriver": "awslogs", "options": options}


def _volume(fields: Json, base: Json) -> dict[str, Any]:
    kind, found = fields.get("kind"), dict(base)
    _put(found, "name", fields.get("name"))
    if kind == "kept":
        return found
    if kind != "efs":
        found.pop("efsVolumeConfiguration", None)
    if kind == "efs":
        found.pop("host", None)
        efs = dict(base.get("efsVolumeConfiguration") or {})
        _put(efs, "fileSystemId", fields.get("source"))
        _put(efs, "rootDirectory", fields.get("root"))
        found["efsVolumeConfiguration"] = efs
    elif kind == "host":
        found["host"] = {"sourcePath": fields.get("source") or ""}
    elif (found.get("host") or {}).get("sourcePath"):
        del found["host"]
    return found
