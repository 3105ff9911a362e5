"""Express services, and gateways in front of services: created and changed elsewhere, shown here."""

from typing import Any

from django.db import models

from ecsdash.inventory.models import Resource
from ecsdash.web.tone import Tone


class ExpressService(Resource):
    """An Express Mode service: ECS creates and changes the load balancing, scaling and network behind it."""

    NOUN = "express_service"
    ACCESS_LOOKUPS = {"account": "account__alias", "region": "region", "cluster": "cluster_name", "service": "name"}

    cluster_name = models.CharField(max_length=255)
    status = models.CharField(max_length=20)

    @property
    def tone(self) -> Tone:
        return {"ACTIVE": Tone.OK, "DRAINING": Tone.WARN}.get(self.status, Tone.IDLE)

    @property
    def configuration(self) -> dict[str, Any]:
        """The newest configuration in use, {} when there is none."""
        return dict((self.description.get("activeConfigurations") or [{}])[-1])

    @property
    def endpoints(self) -> list[str]:
        return [each["endpoint"] for each in self.configuration.get("ingressPaths") or ()]


class Gateway(Resource):
    """A gateway: load balancers that ECS shares among services. `resources` are those that it has."""

    NOUN = "gateway"

    status = models.CharField(max_length=20)
    resources = models.JSONField(default=dict)

    @property
    def tone(self) -> Tone:
        tones = {"UPDATE_IN_PROGRESS": Tone.PROGRESS, "UPDATE_FAILED": Tone.BAD, "DELETED": Tone.IDLE}
        return tones.get(self.status, Tone.OK)

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        return list(self.resources.get("hostSharedAlb") or ())
