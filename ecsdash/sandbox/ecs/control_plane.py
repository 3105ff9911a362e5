"""The ECS control plane: takes API calls, time and EC2 instances, and calls `AwsServices`."""

import json
import threading
from collections.abc import Sequence

from ecsdash.sandbox.clock import Clock, RunningClock
from ecsdash.sandbox.ecs import bulk
from ecsdash.sandbox.ecs.api import code_deploy
from ecsdash.sandbox.ecs.api.operations import OPERATIONS
from ecsdash.sandbox.ecs.aws_services import AwsServices
from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.codec import fresh, without_nulls
from ecsdash.sandbox.ecs.engine import capacity, faults, instances, listeners, metrics
from ecsdash.sandbox.ecs.engine.timer_handlers import EVENTS
from ecsdash.sandbox.ecs.errors import unknown_operation
from ecsdash.sandbox.ecs.models import Json
from ecsdash.sandbox.ecs.shapes import check_input
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.ecs.throttle import Throttle
from ecsdash.sandbox.faults.task_faults import TaskFault, TaskFaults
from ecsdash.sandbox.scope import Scope

_SERVES = ("ACTIVATING", "RUNNING", "DEACTIVATING")
"""Statuses of a task whose containers run."""


class EcsControlPlane:
    def __init__(self, clock: Clock, aws: AwsServices, *, seed: int = 0) -> None:
        self._clock = clock
        self.faults = TaskFaults()
        self._seen: dict[TaskFault, str] = {}
        self.throttle = Throttle(enabled=isinstance(clock, RunningClock))
        """Request buckets for the HTTP endpoint; `handle` does not use them."""
        self._state = EcsState(aws, seed, self.faults)
        self._lock = threading.RLock()
        self._start()

    def handle(self, scope: Scope, operation: str, params: Json, *, caller: str = "") -> Json:
        """Return the response of one API call, or raise EcsError. `caller` is the ARN of the principal."""
        with self._lock:
            answer: Json = fresh(self._perform(scope, operation, params, caller))
            return answer

    def answer(self, scope: Scope, operation: str, params: Json, *, caller: str = "") -> bytes:
        """Return the response as JSON, without the copy that `handle` makes."""
        with self._lock:
            return json.dumps(self._perform(scope, operation, params, caller)).encode()

    def tick(self, now: float) -> None:
        """Run all timers that are due until `now`, each at its own time."""
        with self._lock:
            self._state.horizon = now
            self._state.timers.run_until(now, self._due)
            self._state.now = max(self._state.now, now)
            if self.faults.active != self._seen:
                before, self._seen = self._seen, dict(self.faults.active)
                faults.changed(self._state, before)

    def populate(self, scope: Scope, clusters: int, services: int, tasks: int, *, subnets: Sequence[str]) -> None:
        """Create clusters of `services` Fargate services each, of `tasks` running tasks each, in these subnets."""
        with self._lock:
            self.tick(self._clock.now())
            bulk.populate(self._state, scope, subnets, clusters, services, tasks)

    def instance_launched(
        self,
        scope: Scope,
        instance_id: str,
        instance_type: str,
        cluster_name: str,
        *,
        subnet_id: str,
        zone: str,
        private_ip: str,
        attributes: dict[str, str] | None = None,
    ) -> str | None:
        """Register an EC2 instance; return the container instance's ARN, or None if there is no such cluster."""
        with self._lock:
            self.tick(self._clock.now())
            cluster = self._state.region(scope).clusters.get(cluster_name)
            if cluster is None or cluster.status != "ACTIVE":
                return None
            known = self._state.find_instance(scope, instance_id)
            if known:
                return known[1].arn
            place = instances.NetworkLocation(subnet_id, zone, private_ip)
            return instances.register(
                self._state, scope, cluster, instance_id, instance_type, place, attributes or {}
            ).arn

    def instance_terminated(self, scope: Scope, instance_id: str) -> None:
        """Stop the tasks of a terminated EC2 instance and deregister it."""
        with self._lock:
            self.tick(self._clock.now())
            found = self._state.find_instance(scope, instance_id)
            if found:
                instances.lose(self._state, scope, *found)

    def drain_instance(self, scope: Scope, instance_id: str) -> bool:
        """Drain an EC2 instance; return whether tasks still run on it."""
        with self._lock:
            self.tick(self._clock.now())
            found = self._state.find_instance(scope, instance_id)
            if found and found[1].status == "ACTIVE":
                instances.drain(self._state, scope, *found)
            return bool(found and found[1].task_ids)

    def drains_group(self, scope: Scope, arn: str) -> bool:
        """Whether a capacity provider with managed draining uses this Auto Scaling group."""
        with self._lock:
            providers = [each.auto_scaling for each in self._state.region(scope).capacity_providers.values()]
            used = [each for each in providers if each.get("autoScalingGroupArn") == arn]
            return any(each["managedDraining"] == "ENABLED" for each in used)

    def uses_namespace(self, scope: Scope, arn: str) -> bool:
        """Whether a service uses this Cloud Map namespace for Service Connect."""
        return bool(self.handle(scope, "ListServicesByNamespace", {"namespace": arn})["serviceArns"])

    def task_at(self, scope: Scope, target_id: str, port: int) -> Json | None:
        """Return the service, task, container, image and zone at a target of a load balancer."""
        with self._lock:
            for cluster in self._state.region(scope).clusters.values():
                for task in cluster.tasks.values():
                    for target in task.targets if task.last_status in _SERVES else ():
                        if (target.target_id, target.port) == (target_id, port):
                            return instances.behind_target(self._state, scope, cluster, task, target)
        return None

    def network_of(self, scope: Scope, cluster: str, task: str) -> tuple[str, str, str]:
        """Return the private address of a task, its network interface, and the namespace of its Service Connect."""
        with self._lock:
            found = self._state.region(scope).clusters[cluster]
            return instances.network_of(found, found.tasks[task])

    def images_at(self, scope: Scope, interface_id: str, address: str, port: int | None) -> list[str]:
        """Return the images of the running containers at a network interface, or on the instance with the address."""
        with self._lock:
            return listeners.images_at(self._state, scope, interface_id, address, port)

    def replace_task_set(self, scope: Scope, params: Json) -> str:
        """Deploy a CodeDeploy service; return the service deployment's ARN, or raise EcsError."""
        with self._lock:
            self.tick(self._clock.now())
            return code_deploy.replace_task_set(Call(self._state, scope, "codedeploy.amazonaws.com"), params)

    def dump(self) -> Json:
        with self._lock:
            return self._state.dump()

    def load(self, data: Json) -> None:
        with self._lock:
            self._state.load(data)

    def _perform(self, scope: Scope, operation: str, params: Json, caller: str) -> Json:
        handler = OPERATIONS.get(operation)
        if handler is None:
            raise unknown_operation(operation)
        given = without_nulls(params)
        check_input(operation, given)
        self.tick(self._clock.now())
        return handler(Call(self._state, scope, caller or scope.iam_arn("root")), given)

    def _start(self) -> None:
        self._state.now = self._clock.now()
        metrics.schedule(self._state)
        capacity.schedule(self._state)
        faults.schedule(self._state)

    def _due(self, at: float, kind: str, arguments: list[str]) -> None:
        self._state.now = max(self._state.now, at)
        EVENTS[kind](self._state, *arguments)
