"""Log lines of containers with the awslogs driver."""

from collections.abc import Iterable

from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Container, Json, Task
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

_PERIOD = 10.0
_PATHS = ("/", "/", "/health", "/api/items", "/static/app.css", "/favicon.ico")
_LAST_WORDS = {
    0: "received SIGTERM, shutting down",
    1: "fatal: unhandled error, exiting with status 1",
    137: "Killed",
}


def opening(state: EcsState, scope: Scope, task: Task, container: Container, body: Json) -> None:
    lines = [f"starting {container.name} from {container.image}", "configuration loaded"]
    ports = [str(mapping["containerPort"]) for mapping in body["portMappings"] if "containerPort" in mapping]
    lines.append(f"listening on port {', '.join(ports)}" if ports else "ready")
    _write(state, scope, task, container, body, lines)


def last_words(state: EcsState, scope: Scope, task: Task, container: Container, body: Json) -> None:
    code = container.exit_code or 0
    _write(state, scope, task, container, body, [_LAST_WORDS.get(code, f"exiting with status {code}")])


def schedule(state: EcsState, task: Task) -> None:
    state.timers.add(state.next_turn(state.about(_PERIOD)), "task.chatter", task.arn)


def chatter(state: EcsState, task_arn: str) -> None:
    found = state.find_task(task_arn)
    if found is None or not any(container.last_status == "RUNNING" for container in found[2].containers):
        return
    scope, _, task = found
    definition = state.definition(scope, task.definition_arn)
    talkers = 0
    for container in task.containers:
        body = container_definition(definition, container.name)
        if container.last_status == "RUNNING" and destination(task, container, body):
            talkers += 1
            _write(state, scope, task, container, body, _small_talk(state, container, body))
    if talkers:
        schedule(state, task)


def missing_group(state: EcsState, scope: Scope, task: Task) -> str:
    """Return a log group that a container needs and that does not exist; create it if the container allows it."""
    definition = state.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        place = destination(task, container, body)
        if place and not state.aws.log_group_exists(scope, place[0]):
            if body["logConfiguration"]["options"].get("awslogs-create-group") != "true":
                return place[0]
            state.aws.create_log_group(scope, place[0])
    return ""


def destination(task: Task, container: Container, body: Json) -> tuple[str, str] | None:
    """Return (log group, log stream), or None if the container does not log to CloudWatch."""
    configuration = body.get("logConfiguration", {})
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration["options"]
    prefix = options.get("awslogs-stream-prefix")
    return options["awslogs-group"], f"{prefix}/{container.name}/{task.id}" if prefix else container.runtime_id


def _small_talk(state: EcsState, container: Container, body: Json) -> list[str]:
    if not body["portMappings"]:
        return [f"processed {state.rng.randint(1, 40)} items"]
    path, milliseconds = state.rng.choice(_PATHS), state.rng.randint(2, 90)
    status = 500 if container.health == "UNHEALTHY" else 200
    client = f"10.0.{state.rng.randint(0, 63)}.{state.rng.randint(4, 250)}"
    return [f'{client} "GET {path} HTTP/1.1" {status} {milliseconds}ms']


def _write(state: EcsState, scope: Scope, task: Task, container: Container, body: Json, lines: Iterable[str]) -> None:
    place = destination(task, container, body)
    if place is None:
        return
    at = int(state.now * 1000)
    state.aws.put_log_lines(scope, *place, [(at + index, line) for index, line in enumerate(lines)])
