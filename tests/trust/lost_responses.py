"""A proxy before the simulated AWS that loses the first response to every writing call, after the call took effect."""

from tests.operations.tollgate import Hold, Tollgate
from tests.processes import Sandbox


class ResponseLosingProxy(Tollgate):
    """`lost` lists the operations whose response was lost. A repeated call gets its response."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.lost: list[str] = []

    def take_hold(self, operation: str, request: bytes) -> Hold | None:
        self.hold = Hold("after")
        self.hold.release.set()
        held = super().take_hold(operation, request)
        if held:
            self.lost.append(operation)
        return held
