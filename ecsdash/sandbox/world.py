"""The simulated AWS, put together: clock, ECS control plane, moto, the links between them, balancer and server."""

import threading
from pathlib import Path

from ecsdash.sandbox.clock import Clock, RunningClock, SteppedClock
from ecsdash.sandbox.moto_host import MotoHost
from ecsdash.sandbox.moto_models import install
from ecsdash.sandbox.moto_models.present import present
from ecsdash.sandbox.server import SandboxServer
from ecsdash.sandbox.wire import Answer, Request


class World:
    """One lock stands around everything that changes; what waits (SQS long polls) waits outside it."""

    def __init__(self, port: int = 0, *, speed: float = 1.0, seed: int = 0, state: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.server = SandboxServer(port)
        self.clock: Clock = RunningClock(speed) if speed else SteppedClock()
        present.clock, present.port = self.clock, self.server.server_port
        install()
        self.moto = MotoHost(self.lock)
        self.server.respond = self.answer

    @property
    def url(self) -> str:
        return self.server.url

    def start(self, estate: str = "empty") -> None:
        pass

    def serve(self) -> None:
        try:
            self.server.serve_forever(poll_interval=0.2)
        finally:
            self.server.server_close()

    def answer(self, request: Request) -> Answer:
        return self.moto.answer(request)
