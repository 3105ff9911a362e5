"""What the ECS control plane asks of the rest of AWS, answered from moto's backends in this process."""

from ecsdash.sandbox.links.balancing import BalancingLinks
from ecsdash.sandbox.links.compute import ComputeLinks
from ecsdash.sandbox.links.events import EventLinks
from ecsdash.sandbox.links.identity import IdentityLinks
from ecsdash.sandbox.links.names import NameLinks
from ecsdash.sandbox.links.telemetry import TelemetryLinks


class MotoLinks(BalancingLinks, ComputeLinks, EventLinks, IdentityLinks, NameLinks, TelemetryLinks):
    """Implements `ports.Links`."""
