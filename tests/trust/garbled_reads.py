"""A proxy before the simulated AWS that makes garbage of one kind of every response to a read."""

from tests.operations.tollgate import READS, Answered, Tollgate
from tests.trust import garbage


class GarbledReads(Tollgate):
    """`kind` is the name of the kind of garbage."""

    kind = ""

    def response(self, operation: str, request: bytes, answered: Answered) -> tuple[bytes, bool]:
        if not READS.match(operation):
            return super().response(operation, request, answered)
        return garbage.KINDS[self.kind](answered), False
