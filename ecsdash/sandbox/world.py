"""The simulated AWS, put together: clock, ECS control plane, moto, the links between them, balancer and server."""

import threading
from pathlib import Path
from typing import Any

from ecsdash.sandbox import admin, ecs_endpoint
from ecsdash.sandbox.balancer import Balancer
from ecsdash.sandbox.clock import Clock, RunningClock, SteppedClock
from ecsdash.sandbox.driver import Driver
from ecsdash.sandbox.ecs import EcsControlPlane
from ecsdash.sandbox.moto_host import MotoHost
from ecsdash.sandbox.moto_models import install
from ecsdash.sandbox.moto_models.present import present
from ecsdash.sandbox.server import SandboxServer
from ecsdash.sandbox.wire import Answer, Request

_MOVES_INSTANCES = {"ec2", "autoscaling"}


class World:
    """One lock stands around everything that changes; what waits (SQS long polls) waits outside it."""

    def __init__(self, port: int = 0, *, speed: float = 1.0, seed: int = 0, state: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.server = SandboxServer(port)
        self.clock: Clock = RunningClock(speed) if speed else SteppedClock()
        present.clock, present.port = self.clock, self.server.server_port
        install()
        from ecsdash.sandbox.fleet import Fleet
        from ecsdash.sandbox.links import MotoLinks

        self.seed = seed
        self.links = MotoLinks()
        self.plane = EcsControlPlane(self.clock, self.links, seed=seed)
        self._blank = self.plane.dump()
        self.fleet = Fleet(self.plane)
        self.links.on_capacity_change = self.fleet.unsettle
        self.driver = Driver(self.clock, self.plane, self.fleet, self.lock)
        self.moto = MotoHost(self.lock)
        self.balancer = Balancer(self.plane, self.links)
        self.server.respond = self.answer

    @property
    def url(self) -> str:
        return self.server.url

    def reset(self) -> None:
        """Forgets everything; the clock goes on."""
        from moto.moto_api._internal.models import moto_api_backend

        with self.lock:
            moto_api_backend.reset()
            self.moto.forget()
            self.links.names.clear()
            self.fleet.registered.clear()
            self.plane.load(self._blank)

    def summary(self) -> dict[str, Any]:
        with self.lock:
            return {"now": self.clock.now(), "ecs": self.plane.dump()}

    def start(self, estate: str = "empty") -> None:
        self.driver.start()

    def serve(self) -> None:
        try:
            self.server.serve_forever(poll_interval=0.2)
        finally:
            self.server.server_close()
            self.driver.stop()

    def answer(self, request: Request) -> Answer:
        if request.host.endswith(".elb.localhost"):
            with self.lock:
                return self.balancer.answer(request)
        if request.path.startswith(admin.PREFIX):
            return admin.answer(self, request)
        if ecs_endpoint.is_ecs(request):
            with self.lock:
                return ecs_endpoint.answer(self.plane, request)
        answer = self.moto.answer(request)
        if request.service in _MOVES_INSTANCES:
            self.fleet.unsettle()
        return answer
