"""What containers with the awslogs driver write."""

from collections.abc import Iterable

from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.ecs.engine.definitions import container_definition
from ecsdash.sandbox.ecs.models import Container, Json, Task
from ecsdash.sandbox.ecs.state import World

_PERIOD = 10.0
_PATHS = ("/", "/", "/health", "/api/items", "/static/app.css", "/favicon.ico")
_LAST_WORDS = {
    0: "received SIGTERM, shutting down",
    1: "fatal: unhandled error, exiting with status 1",
    137: "Killed",
}


def opening(world: World, scope: Scope, task: Task, container: Container, body: Json) -> None:
    lines = [f"starting {container.name} from {container.image}", "configuration loaded"]
    ports = [str(mapping["containerPort"]) for mapping in body["portMappings"] if "containerPort" in mapping]
    lines.append(f"listening on port {', '.join(ports)}" if ports else "ready")
    _write(world, scope, task, container, body, lines)


def last_words(world: World, scope: Scope, task: Task, container: Container, body: Json) -> None:
    code = container.exit_code or 0
    _write(world, scope, task, container, body, [_LAST_WORDS.get(code, f"exiting with status {code}")])


def schedule(world: World, task: Task) -> None:
    world.agenda.add(world.next_turn(world.about(_PERIOD)), "task.chatter", task.arn)


def chatter(world: World, task_arn: str) -> None:
    found = world.find_task(task_arn)
    if found is None or not any(container.last_status == "RUNNING" for container in found[2].containers):
        return
    scope, _, task = found
    definition = world.definition(scope, task.definition_arn)
    talkers = 0
    for container in task.containers:
        body = container_definition(definition, container.name)
        if container.last_status == "RUNNING" and destination(task, container, body):
            talkers += 1
            _write(world, scope, task, container, body, _small_talk(world, container, body))
    if talkers:
        schedule(world, task)


def missing_group(world: World, scope: Scope, task: Task) -> str:
    """The log group that a container needs and nobody has; one that may be created is created."""
    definition = world.definition(scope, task.definition_arn)
    for container in task.containers:
        body = container_definition(definition, container.name)
        place = destination(task, container, body)
        if place and not world.links.log_group_exists(scope, place[0]):
            if body["logConfiguration"]["options"].get("awslogs-create-group") != "true":
                return place[0]
            world.links.create_log_group(scope, place[0])
    return ""


def destination(task: Task, container: Container, body: Json) -> tuple[str, str] | None:
    """(log group, log stream), or nothing when its output does not go to CloudWatch Logs."""
    configuration = body.get("logConfiguration", {})
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration["options"]
    prefix = options.get("awslogs-stream-prefix")
    return options["awslogs-group"], f"{prefix}/{container.name}/{task.id}" if prefix else container.runtime_id


def _small_talk(world: World, container: Container, body: Json) -> list[str]:
    if not body["portMappings"]:
        return [f"processed {world.chance.randint(1, 40)} items"]
    path, milliseconds = world.chance.choice(_PATHS), world.chance.randint(2, 90)
    status = 500 if container.health == "UNHEALTHY" else 200
    client = f"10.0.{world.chance.randint(0, 63)}.{world.chance.randint(4, 250)}"
    return [f'{client} "GET {path} HTTP/1.1" {status} {milliseconds}ms']


def _write(world: World, scope: Scope, task: Task, container: Container, body: Json, lines: Iterable[str]) -> None:
    place = destination(task, container, body)
    if place is None:
        return
    at = int(world.now * 1000)
    world.links.put_log_lines(scope, *place, [(at + index, line) for index, line in enumerate(lines)])
