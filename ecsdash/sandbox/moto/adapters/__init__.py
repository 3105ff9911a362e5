"""What the ECS control plane asks of the rest of AWS, answered from moto's backends in this process."""

from ecsdash.sandbox.moto.adapters.compute import ComputeLinks
from ecsdash.sandbox.moto.adapters.events import EventLinks
from ecsdash.sandbox.moto.adapters.identity import IdentityLinks
from ecsdash.sandbox.moto.adapters.load_balancing import BalancingLinks
from ecsdash.sandbox.moto.adapters.service_discovery import NameLinks
from ecsdash.sandbox.moto.adapters.telemetry import TelemetryLinks


class MotoLinks(BalancingLinks, ComputeLinks, EventLinks, IdentityLinks, NameLinks, TelemetryLinks):
    """Implements `ports.Links`."""
