"""How a container behaves, from the tag of its image and its command. Tests request failures this way.

Tags: `:missing` can not be pulled; `:exits` exits 1 before it is RUNNING; `:crash` exits 1 soon after its start; `:oom`
is killed for its memory; `:slow` takes a minute to start; `:unhealthy` runs but fails its health checks. A command of
`exit N`, `sleep N`, `true` and `false` does just that, also in a shell and in a row; an image with `batch` in its name
works a while and exits 0.
"""

import re
from dataclasses import dataclass, replace

from ecsdash.sandbox.ecs.engine.definitions import command_of
from ecsdash.sandbox.ecs.models import Container, Json, Task
from ecsdash.sandbox.ecs.state import EcsState

_OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
_STEP = re.compile(r"(exit|sleep)\s+(\d+)|(true|false)")


@dataclass(frozen=True)
class Behaviour:
    pullable: bool = True
    starts: bool = True
    """Whether it is still there when ECS looks: a process that ends at once was never RUNNING."""
    start_seconds: float = 1.0
    runs_for: float | None = None
    """Seconds until it exits; None for a server."""
    exit_code: int = 0
    exit_reason: str = ""
    healthy: bool = True
    ignores_sigterm: bool = False


def effective_behaviour(state: EcsState, task: Task, container: Container, body: Json) -> Behaviour:
    """Return the behaviour of the container now: active faults override its image."""
    usual, faults = behaviour(container.image, command_of(task, body)), state.faults
    if faults.affects("image-missing", task.group, task.cluster):
        usual = replace(usual, pullable=False)
    if faults.affects("slow-starts", task.group, task.cluster):
        usual = replace(usual, start_seconds=usual.start_seconds + 60.0)
    if faults.affects("failing-health-checks", task.group, task.cluster):
        usual = replace(usual, healthy=False)
    if faults.affects("crash-loop", task.group, task.cluster):
        usual = replace(usual, runs_for=3.0, exit_code=1)
    if faults.affects("out-of-memory", task.group, task.cluster):
        usual = replace(usual, runs_for=4.0, exit_code=137, exit_reason=_OUT_OF_MEMORY)
    return usual


def behaviour(image: str, command: list[str]) -> Behaviour:
    name, _, tag = image.rpartition(":") if ":" in image.rsplit("/", 1)[-1] else (image, "", "latest")
    by_tag = {
        "missing": Behaviour(pullable=False),
        "exits": Behaviour(starts=False, exit_code=1),
        "crash": Behaviour(runs_for=3.0, exit_code=1),
        "oom": Behaviour(runs_for=4.0, exit_code=137, exit_reason=_OUT_OF_MEMORY),
        "slow": Behaviour(start_seconds=60.0),
        "unhealthy": Behaviour(healthy=False),
    }
    if tag in by_tag:
        return by_tag[tag]
    scripted = _script(command)
    if scripted is not None:
        seconds, code = scripted
        return Behaviour(runs_for=max(seconds, 0.5), exit_code=code, ignores_sigterm=seconds > 0)
    if "batch" in name.rsplit("/", 1)[-1]:
        return Behaviour(runs_for=25.0)
    return Behaviour()


def _script(command: list[str]) -> tuple[float, int] | None:
    """Return (seconds, exit code) if the command consists of `exit`, `sleep`, `true` and `false` only."""
    words = [word for word in command if word not in ("sh", "bash", "/bin/sh", "/bin/bash", "-c", "-ec")]
    steps = [step.strip() for step in re.split(r"&&|;", " ".join(words)) if step.strip()]
    matches = [_STEP.fullmatch(step) for step in steps]
    if not steps or any(match is None for match in matches):
        return None
    seconds, code = 0.0, 0
    for match in matches:
        if match and match[1] == "sleep":
            seconds += float(match[2])
        elif match:
            code = int(match[2]) if match[1] == "exit" else int(match[3] == "false")
    return seconds, code
