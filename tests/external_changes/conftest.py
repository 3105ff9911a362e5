"""A steady service, with CloudTrail read until now: what the tests change after that, they change elsewhere."""

from typing import Any

import pytest

from ecsdash.audit.models import AuditEvent
from ecsdash.external_changes.codes import EXTERNAL
from ecsdash.external_changes.models import NOUN, ExternalChange, ReadPosition
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from tests.prepared import prepare
from tests.processes import Sandbox
from tests.services.simulated_services import LOAD_BALANCING_NOUNS, MOVED, SimulatedServices
from tests.users import REGION

SERVICE = {"cluster": "shop", "service": "web-front"}
LIMITS = {
    "ServiceNamespace": "ecs", "ResourceId": "service/shop/web-front", "ScalableDimension": "ecs:service:DesiredCount",
}  # fmt: skip
SCALING_NOUNS = ("scalable_targets", "scaling_policies")


class Elsewhere(SimulatedServices):
    """The service `web-front`, and people who change it beside the dashboard."""

    def build(self) -> None:
        prepare("external changes", self.scope, self.sandbox, self._build_service)

    def _build_service(self) -> None:
        self._build()
        self.steady_service()
        self.sweep(*SCALING_NOUNS)
        self.read()
        self.sandbox.step(2)

    def change_service(self, **values: Any) -> None:
        self.client("ecs").update_service(**SERVICE, **values)

    def read(self) -> None:
        self.sweep(NOUN)

    def read_and_sweep(self) -> ExternalChange:
        """Read CloudTrail, then everything that may have changed. Return the only change."""
        self.read()
        self.sweep(*MOVED, *LOAD_BALANCING_NOUNS, *SCALING_NOUNS, "clusters")
        return self.change()

    def begin_again(self) -> None:
        """Sweep, and read CloudTrail from now on: what was made so far is not recorded."""
        self.sweep(*MOVED, *LOAD_BALANCING_NOUNS, *SCALING_NOUNS, "clusters")
        ReadPosition.objects.all().delete()
        self.read()
        self.sandbox.step(2)

    def change(self) -> ExternalChange:
        return ExternalChange.objects.select_related("account").get()

    def described(self, name: str = "web-front") -> dict[str, Any]:
        found: dict[str, Any] = self.client("ecs").describe_services(cluster="shop", services=[name])["services"][0]
        return found


@pytest.fixture
def elsewhere(aws_account: Account, sandbox: Sandbox) -> Elsewhere:
    found = Elsewhere(Scope(aws_account, REGION), sandbox)
    found.build()
    return found


def recorded() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=EXTERNAL).order_by("seq"))
