import json

from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.call import Call, Handler, compact, missing, tag_list, tags_from
from ecsdash.sandbox.ecs.definition_rules import check_definition, compatibility, size
from ecsdash.sandbox.ecs.errors import client_error, invalid
from ecsdash.sandbox.ecs.models import Json, TaskDefinition
from ecsdash.sandbox.ecs.paging import page, page_strings
from ecsdash.sandbox.ecs.state import own

_DELETE_SECONDS = 60.0
_NOT_SHOWN = ("tags",)


def register_task_definition(call: Call, params: Json) -> Json:
    for name, unit in (("cpu", 1024), ("memory", 1024)):
        whole = size(params.get(name), unit, name)
        params = {key: value for key, value in params.items() if key != name} | ({name: whole} if whole else {})
    check_definition(params)
    tags = tags_from(params)
    family = params["family"]
    revision = call.region.revisions.get(family, 0) + 1
    quotas.check_definition(len(params["containerDefinitions"]), len(json.dumps(params)), revision)
    call.region.revisions[family] = revision
    definition = TaskDefinition(
        arn=call.arn(f"task-definition/{family}:{revision}"),
        family=family,
        revision=revision,
        body=_body(params),
        registered_at=call.now,
        registered_by=call.caller,
        tags=tags,
    )
    call.region.task_definitions[f"{family}:{revision}"] = definition
    return {"taskDefinition": to_api(definition), "tags": tag_list(tags)}


def describe_task_definition(call: Call, params: Json) -> Json:
    definition = find(call, params["taskDefinition"])
    if definition is None:
        raise client_error("Unable to describe task definition.")
    tags = {"tags": tag_list(definition.tags)} if "TAGS" in params.get("include", []) else {}
    return {"taskDefinition": to_api(definition), **tags}


def list_task_definitions(call: Call, params: Json) -> Json:
    status, prefix = params.get("status", "ACTIVE"), params.get("familyPrefix")
    found = sorted(
        (definition.family, definition.revision, definition.arn)
        for definition in call.region.task_definitions.values()
        if definition.status == status and prefix in (None, definition.family)
    )
    if params.get("sort") == "DESC":
        found.reverse()
    keyed = [(f"{index:09d}", definition_arn) for index, (_, _, definition_arn) in enumerate(found)]
    shown, token = page(keyed, params, default=100)
    return {"taskDefinitionArns": shown, **token}


def list_task_definition_families(call: Call, params: Json) -> Json:
    status, prefix = params.get("status", "ALL"), params.get("familyPrefix", "")
    active = {d.family for d in call.region.task_definitions.values() if d.status == "ACTIVE"}
    known = {d.family for d in call.region.task_definitions.values() if d.status != "DELETE_IN_PROGRESS"}
    wanted = {"ACTIVE": active, "INACTIVE": known - active, "ALL": known}[status]
    shown, token = page_strings([family for family in wanted if family.startswith(prefix)], params, default=100)
    return {"families": shown, **token}


def deregister_task_definition(call: Call, params: Json) -> Json:
    if ":" not in params["taskDefinition"]:
        raise client_error("A revision is required to deregister a task definition: family:revision.")
    definition = find(call, params["taskDefinition"])
    if definition is None:
        raise client_error("The specified task definition does not exist.")
    if definition.status == "DELETE_IN_PROGRESS":
        raise client_error("The specified task definition is being deleted.")
    definition.status = "INACTIVE"
    definition.deregistered_at = definition.deregistered_at or call.now
    return {"taskDefinition": to_api(definition)}


def delete_task_definitions(call: Call, params: Json) -> Json:
    references = params["taskDefinitions"]
    if not 1 <= len(references) <= 10:
        raise invalid("Task definitions must contain between 1 and 10 elements.")
    deleted, failures = [], []
    for reference in references:
        definition = find(call, reference) if ":" in reference else None
        if definition is None:
            failures.append(missing(reference))
        elif definition.status == "ACTIVE":
            detail = (
                "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
            )
            failures.append({"arn": definition.arn, "reason": "TASK_DEFINITION_ACTIVE", "detail": detail})
        else:
            definition.status, definition.delete_requested_at = "DELETE_IN_PROGRESS", call.now
            call.state.timers.add(
                call.now + _DELETE_SECONDS,
                "definition",
                call.scope.account,
                call.scope.region,
                f"{definition.family}:{definition.revision}",
            )
            deleted.append(to_api(definition))
    return {"taskDefinitions": deleted, "failures": failures}


def find(call: Call, reference: str) -> TaskDefinition | None:
    """Find by ARN, family:revision, or family (its latest ACTIVE revision)."""
    name = own(call.scope, reference, "task-definition")
    if ":" in name:
        return call.region.task_definitions.get(name)
    latest = call.region.revisions.get(name, 0)
    for revision in range(latest, 0, -1):
        definition = call.region.task_definitions.get(f"{name}:{revision}")
        if definition and definition.status == "ACTIVE":
            return definition
    return None


def usable(call: Call, reference: str) -> TaskDefinition:
    """Return the definition for a new task or service; it must be ACTIVE."""
    definition = find(call, reference)
    if definition is None:
        raise client_error("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise client_error("TaskDefinition is inactive")
    return definition


def to_api(definition: TaskDefinition) -> Json:
    return compact(
        {
            "taskDefinitionArn": definition.arn,
            **definition.body,
            "revision": definition.revision,
            "status": definition.status,
            "registeredAt": definition.registered_at,
            "registeredBy": definition.registered_by,
            "deregisteredAt": definition.deregistered_at,
            "deleteRequestedAt": definition.delete_requested_at,
        }
    )


def _body(params: Json) -> Json:
    body = {key: value for key, value in params.items() if key not in _NOT_SHOWN}
    mode = params.get("networkMode")
    body["containerDefinitions"] = [_container(container, mode) for container in params["containerDefinitions"]]
    body["volumes"] = [_volume(volume) for volume in params.get("volumes", [])]
    body.setdefault("placementConstraints", [])
    body["requiresAttributes"] = [{"name": name} for name in _required_attributes(params)]
    body["compatibilities"] = compatibility.compatibilities(params)
    return body


def _container(container: Json, network_mode: str | None) -> Json:
    defaults: Json = {"cpu": 0, "essential": True}
    lists: Json = {name: [] for name in ("portMappings", "environment", "mountPoints", "volumesFrom", "systemControls")}
    shown = defaults | lists | container
    shown["portMappings"] = [_port(mapping, network_mode) for mapping in shown["portMappings"]]
    if "healthCheck" in container:
        shown["healthCheck"] = {"interval": 30, "timeout": 5, "retries": 3} | container["healthCheck"]
    return shown


def _port(mapping: Json, network_mode: str | None) -> Json:
    if "containerPort" not in mapping:
        return {"protocol": "tcp"} | mapping
    same = network_mode in ("awsvpc", "host")
    return {"protocol": "tcp", "hostPort": mapping["containerPort"] if same else 0} | mapping


def _volume(volume: Json) -> Json:
    efs = volume.get("efsVolumeConfiguration")
    return volume | ({"efsVolumeConfiguration": {"rootDirectory": "/"} | efs} if efs else {})


def _required_attributes(params: Json) -> list[str]:
    """Return the capabilities that the agent of a container instance must have."""
    prefix = "com.amazonaws.ecs.capability"
    needed = []
    if params.get("networkMode") == "awsvpc":
        needed.append("ecs.capability.task-eni")
    if params.get("taskRoleArn"):
        needed.append(f"{prefix}.task-iam-role")
    for container in params["containerDefinitions"]:
        driver = container.get("logConfiguration", {}).get("logDriver")
        needed += [f"{prefix}.logging-driver.{driver}"] if driver else []
        needed += [f"{prefix}.ecr-auth"] if ".dkr.ecr." in container["image"] else []
        needed += [f"{prefix}.privileged-container"] if container.get("privileged") else []
        needed += ["ecs.capability.container-health-check"] if container.get("healthCheck") else []
        needed += ["ecs.capability.container-ordering"] if container.get("dependsOn") else []
        needed += [f"ecs.capability.secrets.{_store(s)}.environment-variables" for s in container.get("secrets", [])]
    return list(dict.fromkeys(needed))


def _store(secret: Json) -> str:
    return "asm" if ":secretsmanager:" in secret["valueFrom"] else "ssm"


OPERATIONS: dict[str, Handler] = {
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "ListTaskDefinitions": list_task_definitions,
    "ListTaskDefinitionFamilies": list_task_definition_families,
    "DeregisterTaskDefinition": deregister_task_definition,
    "DeleteTaskDefinitions": delete_task_definitions,
}
