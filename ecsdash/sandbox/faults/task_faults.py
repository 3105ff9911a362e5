"""Faults of tasks, instances and zones. The ECS control plane and the EC2 model ask for them while time runs."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

TaskFault = Literal[
    "image-missing",
    "crash-loop",
    "out-of-memory",
    "failing-health-checks",
    "secret-missing",
    "no-capacity",
    "spot-interruption",
    "zone-down",
    "slow-starts",
    "hook-fails",
    "hook-waits",
]
TASK_FAULTS: tuple[TaskFault, ...] = get_args(TaskFault)


@dataclass
class TaskFaults:
    """The faults that are on, each with the pattern of the names that it affects.

    Tasks are named by their group (`service:web`, `family:batch`), EC2 instances by their id (`instance:i-1`),
    launches by their type (`instance-type:t3.medium`), zones by their own name, Lambda functions of lifecycle hooks by
    theirs (`function:check`). What belongs to a cluster is also
    named `cluster:shop/service:web`.
    """

    active: dict[TaskFault, str] = field(default_factory=dict)

    def switch_on(self, fault: TaskFault, pattern: str = "*") -> None:
        self.active[fault] = pattern

    def switch_off(self, fault: TaskFault) -> None:
        self.active.pop(fault, None)

    def affects(self, fault: TaskFault, name: str, cluster: str = "") -> bool:
        if fault not in self.active:
            return False
        names = (name, f"cluster:{cluster}/{name}") if cluster else (name,)
        return any(fnmatchcase(each, self.active[fault]) for each in names)
