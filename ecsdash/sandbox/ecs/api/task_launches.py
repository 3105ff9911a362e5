from ecsdash.sandbox.ecs import quotas
from ecsdash.sandbox.ecs.api.container_instances import find as find_instance
from ecsdash.sandbox.ecs.api.place_rules import check_network, check_place
from ecsdash.sandbox.ecs.api.strategy import capacity_for, runs_on_fargate
from ecsdash.sandbox.ecs.api.task_definitions import usable
from ecsdash.sandbox.ecs.api.volume_rules import check_volumes
from ecsdash.sandbox.ecs.call import Call, Handler, compact, tags_from
from ecsdash.sandbox.ecs.definition_rules import check_fargate, size
from ecsdash.sandbox.ecs.descriptions.tasks import to_api
from ecsdash.sandbox.ecs.engine import start_errors, volumes
from ecsdash.sandbox.ecs.engine.launch import TaskSpec, launch
from ecsdash.sandbox.ecs.engine.placement import Refusal
from ecsdash.sandbox.ecs.errors import client_error, conflict, invalid
from ecsdash.sandbox.ecs.models import Cluster, ContainerInstance, Json, Task, TaskDefinition
from ecsdash.sandbox.ecs.state import short

_TOKEN_SECONDS = 86_400.0


def run_task(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    count = params.get("count", 1)
    if not 1 <= count <= 10:
        raise invalid("Count must be between 1 and 10.")
    token = params.get("clientToken", "")
    if len(token) > 64:
        raise invalid("clientToken can have at most 64 characters.")
    known = cluster.run_tokens.get(token)
    if known and call.now < known["at"] + _TOKEN_SECONDS:
        return _repeated(cluster, known, params)
    definition = usable(call, params["taskDefinition"])
    spec = _spec(call, cluster, definition, params)
    _check_capacity(cluster, spec)
    if spec.strategy:
        quotas.check_waiting(len(cluster.waiting) + count)
    answer = _launch_all(call, cluster, spec, [None] * count)
    if token:
        ids = [short(task["taskArn"]) for task in answer["tasks"]]
        cluster.run_tokens[token] = {"at": call.now, "params": params, "tasks": ids}
    return answer


def start_task(call: Call, params: Json) -> Json:
    cluster = call.cluster(params)
    references = params["containerInstances"]
    if not 1 <= len(references) <= 10:
        raise invalid("Container instances must contain between 1 and 10 elements.")
    chosen = [[find_instance(call, cluster, reference)] for reference in references]
    definition = usable(call, params["taskDefinition"])
    spec = _spec(call, cluster, definition, params | {"launchType": "EC2"})
    return _launch_all(call, cluster, spec, list(chosen))


def _launch_all(call: Call, cluster: Cluster, spec: TaskSpec, places: list[list[ContainerInstance] | None]) -> Json:
    tasks, failures = [], []
    for only in places:
        result = launch(call.state, call.scope, cluster, spec, only)
        if isinstance(result, Task):
            tasks.append(to_api(cluster, result, tags=True))
        else:
            failures += [_failure(refusal) for refusal in result]
    return {"tasks": tasks, "failures": failures}


def _failure(refusal: Refusal) -> Json:
    return compact({"arn": refusal.instance.arn if refusal.instance else None, "reason": refusal.reason})


def _spec(call: Call, cluster: Cluster, definition: TaskDefinition, params: Json) -> TaskSpec:
    launch_type, strategy = capacity_for(cluster, params)
    check_place(call, definition, params, launch_type, strategy)
    overrides = _overrides(definition, params.get("overrides", {}))
    role = start_errors.missing_role(call.state, call.scope, definition, overrides)
    if role:
        raise client_error(start_errors.assume_role_error(role))
    if params.get("group", "").startswith("service:"):
        raise invalid("Invalid namespace for group.")
    network, configured = params.get("networkConfiguration", {}), params.get("volumeConfigurations", [])
    check_volumes(call, definition, configured)
    check_network(call, definition, network, runs_on_fargate(launch_type, strategy))
    return TaskSpec(
        definition=definition,
        group=params.get("group", f"family:{definition.family}"),
        launch_type=launch_type,
        strategy=strategy,
        network=network.get("awsvpcConfiguration", {}),
        tags=_tags(cluster, definition, params),
        overrides=overrides,
        platform_version=params.get("platformVersion", ""),
        placement_constraints=params.get("placementConstraints", []),
        placement_strategy=params.get("placementStrategy", []),
        started_by=_started_by(params),
        enable_execute_command=params.get("enableExecuteCommand", False),
        volumes=volumes.planned(call.state, configured, {"TASK_DEFINITION": definition.tags}),
    )


def _check_capacity(cluster: Cluster, spec: TaskSpec) -> None:
    active = any(instance.status == "ACTIVE" for instance in cluster.instances.values())
    if spec.launch_type == "EC2" and not active:
        raise invalid("No Container Instances were found in your cluster.")


def _overrides(definition: TaskDefinition, overrides: Json) -> Json:
    names = {container["name"] for container in definition.body["containerDefinitions"]}
    for override in overrides.get("containerOverrides", []):
        if override.get("name") not in names:
            raise invalid(
                f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
            )
    sizes = {name: size(overrides[name], 1024, name) for name in ("cpu", "memory") if name in overrides}
    if sizes and "FARGATE" in definition.body["compatibilities"]:
        check_fargate(definition.body | sizes)
    return overrides | sizes


def _started_by(params: Json) -> str:
    started_by = str(params.get("startedBy", ""))
    if len(started_by) > 128:
        raise invalid("startedBy can have at most 128 characters.")
    return started_by


def _tags(cluster: Cluster, definition: TaskDefinition, params: Json) -> dict[str, str]:
    propagated = definition.tags if params.get("propagateTags") == "TASK_DEFINITION" else {}
    managed = {"aws:ecs:clusterName": cluster.name} if params.get("enableECSManagedTags") else {}
    return propagated | tags_from(params) | managed


def _repeated(cluster: Cluster, known: Json, params: Json) -> Json:
    if known["params"] != params:
        raise conflict("The client token was already used with other parameters.")
    tasks = [cluster.tasks[task_id] for task_id in known["tasks"] if task_id in cluster.tasks]
    return {"tasks": [to_api(cluster, task, tags=True) for task in tasks], "failures": []}


OPERATIONS: dict[str, Handler] = {"RunTask": run_task, "StartTask": start_task}
