"""Steps that run tasks and wait until these have ended."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.operations.plan import Continues, Repeat, Step
from ecsdash.operations.refs import ref

SECONDS_PER_MINUTE: Final = 60
#: What is said when the wait for tasks is given up.
CONTINUES: Final = Continues("The tasks continue to run in ECS. Stop them on their pages.")


def run_step(title: str, params: Mapping[str, Any], key: str = "run") -> Step:
    """Return the step that runs tasks and waits until they run, or have ended already."""
    count = params.get("count", 1)
    started = {"cluster": params["cluster"], "tasks": ref(f"{key}.tasks"), "failures": ref(f"{key}.failures")}
    return Step(
        key,
        title,
        call="ecs.run_task",
        params=dict(params),
        repeat=Repeat.TOKEN,
        until="tasks_started",
        until_params={**started, "count": count},
    )


def end_step(title: str, cluster: str, minutes: int, consequence: str = "", key: str = "run") -> Step:
    """Return the step that waits until the tasks of the step `key` have ended. `consequence`: see tasks_ended."""
    params = {"cluster": cluster, "tasks": ref(f"{key}.tasks"), "consequence": consequence}
    return Step(f"{key}-end", title, until="tasks_ended", until_params=params, timeout=minutes * SECONDS_PER_MINUTE)
