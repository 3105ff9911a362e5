"""The simulated AWS, put together: clock, ECS control plane, moto, the links between them, balancer and server."""

import secrets
import threading
import time
from pathlib import Path
from typing import Any

from moto.moto_api._internal import mock_random

from ecsdash.sandbox.clock import Clock, RunningClock, SteppedClock
from ecsdash.sandbox.driver import Driver
from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.ecs.aws_services import Scope
from ecsdash.sandbox.faults.settings import Sky
from ecsdash.sandbox.http import admin, control_page, ecs_endpoint, request_buckets
from ecsdash.sandbox.http.load_balancer import SUFFIX, Balancer
from ecsdash.sandbox.http.messages import Answer, Request
from ecsdash.sandbox.http.middleware import Gate
from ecsdash.sandbox.http.server import SandboxServer
from ecsdash.sandbox.moto.adapters import MotoLinks
from ecsdash.sandbox.moto.codedeploy import CodeDeploy
from ecsdash.sandbox.moto.ec2_capacity import Market
from ecsdash.sandbox.moto.event_delivery import Post
from ecsdash.sandbox.moto.host import MotoHost
from ecsdash.sandbox.moto.instance_registration import Fleet
from ecsdash.sandbox.moto.load_balancer_metrics import Traffic
from ecsdash.sandbox.moto.models import install
from ecsdash.sandbox.moto.models.runtime import present
from ecsdash.sandbox.persistence import state_file
from ecsdash.sandbox.persistence.state_writer import Keeper
from ecsdash.sandbox.scaling import Scaler
from ecsdash.sandbox.scaling.scaler import Memory, is_activities
from ecsdash.sandbox.scenarios import Estate

_MOVES_INSTANCES = {"ec2", "autoscaling"}


class World:
    """One lock stands around everything that changes; what waits (SQS long polls) waits outside it."""

    def __init__(self, port: int = 0, *, speed: float = 1.0, seed: int = 0, state_file: Path | None = None) -> None:
        """A speed of 0 makes a clock that stands still until it is stepped."""
        install()
        self.lock = threading.RLock()
        self.server = SandboxServer(port)
        self._kept = state_file.read(state_file)
        self.clock = _clock(speed, self._kept)
        present.clock, present.port = self.clock, self.server.server_port
        self.links = MotoLinks()
        self.plane = EcsControlPlane(self.clock, self.links, seed=seed)
        present.service_exists, present.weather = self._service_exists, self.plane.weather
        present.managed_draining = self.plane.drains_group
        self.sky = Sky(self.plane.weather, seed=seed)
        self.links.post = self.post = Post(self.sky, seed=seed)
        self.gate = Gate(self.sky, self.lock)
        if not self._kept:
            mock_random.seed(seed)  # moto: the same identifiers again
        self.token = secrets.token_urlsafe(16)
        """Proves that a form came from the panel of this very process."""
        self._blank = self.plane.dump()
        self.fleet = Fleet(self.plane)
        self.links.on_capacity_change = self.fleet.unsettle
        self.scaler = Scaler(self.plane, seed=seed)
        traffic = Traffic(self.links, seed=seed)
        parts = (
            self.fleet.advance,
            Market(self.plane, self.fleet).advance,
            self.plane.tick,
            self.post.advance,
            traffic.advance,
            self.scaler.advance,
            CodeDeploy(self.plane).advance,
        )
        self.driver = Driver(self.clock, parts, self.lock)
        self.moto = MotoHost(self.lock)
        self.balancer = Balancer(self.plane, self.links)
        self.keeper = Keeper(self, state_file) if state_file else None
        self.server.respond = self.answer
        self._serving = threading.Thread(target=self.server.serve_forever, args=(0.1,), name="server", daemon=True)

    @property
    def url(self) -> str:
        return self.server.url

    def start(self, estate: Estate | None = None) -> None:
        """Serves, and lets time run; what the state file holds takes the place of a new estate."""
        if self._kept:
            state_file.restore(self, self._kept)
        self._serving.start()
        if estate and not self._kept:
            estate.build(self.url, self.plane)
        if estate:
            self.driver.chores = estate.chores(self.plane, self.clock.now())
        self._kept = None
        self.driver.start()
        if self.keeper:
            self.keeper.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.driver.stop()
        if self.keeper:
            self.keeper.stop()

    def reset(self) -> None:
        """Forgets everything; the clock goes on."""
        with self.lock:
            self.moto.forget()
            self.links.names.clear()
            self.fleet.registered.clear()
            self.sky.clear()
            self.post.forget()
            self.gate.trail.kept.clear()
            self.scaler.memory = Memory()
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

    def answer(self, request: Request) -> Answer:
        if request.host.endswith(SUFFIX):
            with self.lock:
                return self.balancer.answer(request)
        if request.path.startswith(admin.PREFIX):
            return admin.answer(self, request)
        if control_page.is_asked_for(request):
            return control_page.answer(self, request)
        return self.gate.answer(request, self._serve)

    def _serve(self, request: Request, caller: str) -> Answer:
        if ecs_endpoint.is_ecs(request):
            with self.lock:
                return ecs_endpoint.answer(self.plane, request, caller)
        if is_activities(request):
            with self.lock:
                return self.scaler.activities(request)
        answer = request_buckets.refusal(self.plane.throttle, request) or self.moto.answer(request)
        if request.service in _MOVES_INSTANCES:
            self.fleet.unsettle()
        return answer


def _clock(speed: float, kept: dict[str, Any] | None) -> Clock:
    """Never behind what the kept state has already seen."""
    seen = kept["now"] if kept else 0.0
    if speed:
        return RunningClock(speed, start=max(time.time(), seen))
    return SteppedClock(seen) if kept else SteppedClock()
