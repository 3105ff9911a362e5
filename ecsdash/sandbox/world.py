"""The whole simulated AWS: clock, ECS control plane, moto, the adapters between them, load balancers and server."""

import secrets
import threading
import time
from pathlib import Path
from typing import Any

from moto.moto_api._internal import mock_random

from ecsdash.sandbox.clock import Clock, RunningClock, SteppedClock
from ecsdash.sandbox.driver import Driver
from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.faults.settings import FaultSettings
from ecsdash.sandbox.http import admin, control_page, ecs_endpoint, lattice, request_buckets
from ecsdash.sandbox.http.load_balancer import SUFFIX, LoadBalancers
from ecsdash.sandbox.http.messages import Request, Response
from ecsdash.sandbox.http.middleware import ApiMiddleware
from ecsdash.sandbox.http.server import SandboxServer
from ecsdash.sandbox.moto.adapters import MotoAdapters
from ecsdash.sandbox.moto.codedeploy import CodeDeploy
from ecsdash.sandbox.moto.ec2_capacity import Ec2Capacity
from ecsdash.sandbox.moto.event_delivery import EventDelivery
from ecsdash.sandbox.moto.host import MotoHost
from ecsdash.sandbox.moto.instance_registration import InstanceRegistration
from ecsdash.sandbox.moto.load_balancer_metrics import LoadBalancerMetrics
from ecsdash.sandbox.moto.models import install
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.persistence.state_file import read_state, restore_state
from ecsdash.sandbox.persistence.state_writer import StateWriter
from ecsdash.sandbox.scaling import Scaler
from ecsdash.sandbox.scaling.scaler import ScalingHistory, is_activities
from ecsdash.sandbox.scenarios import Scenario
from ecsdash.sandbox.schedules import Invoker
from ecsdash.sandbox.scope import Scope

_MOVES_INSTANCES = {"ec2", "autoscaling"}


class World:
    """All parts, and one lock around everything that changes. SQS long polls wait outside the lock."""

    def __init__(self, port: int = 0, *, speed: float = 1.0, seed: int = 0, state_file: Path | None = None) -> None:
        """`speed` 0 makes a clock that stands still until it is stepped."""
        install()
        self.lock = threading.RLock()
        self.server = SandboxServer(port)
        self._saved = read_state(state_file)
        self.clock = _clock(speed, self._saved)
        runtime.clock, runtime.port = self.clock, self.server.server_port
        self.aws = MotoAdapters()
        self.plane = EcsControlPlane(self.clock, self.aws, seed=seed)
        runtime.service_exists, runtime.task_faults = self._service_exists, self.plane.faults
        runtime.namespace_in_use = self.plane.uses_namespace
        runtime.managed_draining = self.plane.drains_group
        self.faults = FaultSettings(self.plane.faults, seed=seed)
        self.aws.event_delivery = self.event_delivery = EventDelivery(self.faults, seed=seed)
        self.middleware = ApiMiddleware(self.faults, self.lock)
        self.middleware.on_change = self.event_delivery.send_api_call
        if not self._saved:
            mock_random.seed(seed)  # moto: the same identifiers again
        self.token = secrets.token_urlsafe(16)
        """Proves that a form was sent by the control page of this process."""
        self._blank = self.plane.dump()
        self.kept_states: dict[str, bytes] = {}
        self.registration = InstanceRegistration(self.plane)
        self.aws.on_capacity_change = self.registration.recheck
        self.scaler = Scaler(self.plane, seed=seed)
        self.scaler.send_event = self.event_delivery.send
        self.invoker = Invoker(self.plane, self.aws.put_metrics)
        load_balancer_metrics = LoadBalancerMetrics(self.aws, seed=seed)
        parts = (
            self.registration.advance,
            Ec2Capacity(self.plane, self.registration).advance,
            self.plane.tick,
            self.event_delivery.advance,
            load_balancer_metrics.advance,
            self.scaler.advance,
            self.invoker.advance,
            CodeDeploy(self.plane).advance,
        )
        self.driver = Driver(self.clock, parts, self.lock)
        self.moto = MotoHost(self.lock)
        self.load_balancers = LoadBalancers(self.plane, self.aws)
        self.state_writer = StateWriter(self, state_file) if state_file else None
        self.server.respond = self.respond
        self._serving = threading.Thread(target=self.server.serve_forever, args=(0.1,), name="server", daemon=True)

    @property
    def url(self) -> str:
        return self.server.url

    def start(self, scenario: Scenario | None = None) -> None:
        """Start the server and the clock. A state that was read from the state file replaces the scenario."""
        if self._saved:
            restore_state(self, self._saved)
        self._serving.start()
        if scenario and not self._saved:
            scenario.build(self.url, self.plane)
        if scenario:
            self.driver.recurring_jobs = scenario.recurring_jobs(self.plane, self.clock.now())
        self._saved = None
        self.driver.start()
        if self.state_writer:
            self.state_writer.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.driver.stop()
        if self.state_writer:
            self.state_writer.stop()

    def reset(self) -> None:
        """Delete everything but the time."""
        with self.lock:
            self.moto.forget()
            self.aws.names.clear()
            self.registration.registered.clear()
            self.faults.clear()
            self.event_delivery.forget()
            self.middleware.cloudtrail.kept.clear()
            self.scaler.history = ScalingHistory()
            self.invoker.failed.clear()
            self.plane.load(self._blank)

    def summary(self) -> dict[str, Any]:
        with self.lock:
            return {"now": self.clock.now(), "ecs": self.plane.dump()}

    def _service_exists(self, account: str, region: str, cluster: str, name: str) -> bool:
        try:
            question = {"cluster": cluster, "services": [name]}
            found = self.plane.handle(Scope(account, region), "DescribeServices", question)["services"]
        except EcsError:
            return False
        return any(service["status"] == "ACTIVE" for service in found)

    def respond(self, request: Request) -> Response:
        if request.host.endswith(SUFFIX):
            with self.lock:
                return self.load_balancers.respond(request)
        if request.path.startswith(admin.PREFIX):
            return admin.respond(self, request)
        if control_page.is_requested(request):
            return control_page.respond(self, request)
        return self.middleware.respond(request, self._serve)

    def _serve(self, request: Request, caller: str) -> Response:
        if ecs_endpoint.is_ecs(request):
            with self.lock:
                return ecs_endpoint.respond(self.plane, request, caller)
        if lattice.is_targets(request):
            with self.lock:
                return lattice.targets(request)
        if is_activities(request):
            with self.lock:
                return self.scaler.activities(request)
        answer = request_buckets.refusal(self.plane.throttle, request) or self.moto.respond(request)
        if request.service in _MOVES_INSTANCES:
            self.registration.recheck()
        return answer


def _clock(speed: float, saved: dict[str, Any] | None) -> Clock:
    """Return a clock that does not start before the time of the saved state."""
    seen = saved["now"] if saved else 0.0
    if speed:
        return RunningClock(speed, start=max(time.time(), seen))
    return SteppedClock(seen) if saved else SteppedClock()
