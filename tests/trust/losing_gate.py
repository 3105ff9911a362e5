"""A way to AWS on which every answer to a writing call is lost once, after the call took effect."""

from tests.operations.tollgate import Hold, Tollgate
from tests.processes import Sandbox


class LosingGate(Tollgate):
    """`lost` are the operations whose answer was lost. The same call again gets its answer."""

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
