"""What moto's models need from the simulated AWS. moto keeps its state per process, and so does this."""

import time
from collections.abc import Callable

from ecsdash.sandbox.clock import Clock
from ecsdash.sandbox.faults.task_faults import TaskFaults
from ecsdash.sandbox.scope import Scope


class _WallClock:
    def now(self) -> float:
        return time.time()


class Runtime:
    def __init__(self) -> None:
        self.clock: Clock = _WallClock()
        self.port = 0
        self.task_faults = TaskFaults()
        self.service_exists: Callable[[str, str, str, str], bool] = lambda account, region, cluster, name: False
        """(account, region, cluster, name) -> whether ECS has that service"""
        self.namespace_in_use: Callable[[Scope, str], bool] = lambda scope, arn: False
        """Whether services of ECS use this namespace for Service Connect."""
        self.managed_draining: Callable[[Scope, str], bool] = lambda scope, arn: False
        """Whether ECS drains the instances of this Auto Scaling group before they are terminated."""

    def now(self) -> float:
        return self.clock.now()


runtime = Runtime()
