"""The other AWS services for the ECS control plane, implemented with moto's backends in this process."""

from ecsdash.sandbox.moto.adapters.compute import ComputeAdapter
from ecsdash.sandbox.moto.adapters.events import EventAdapter
from ecsdash.sandbox.moto.adapters.identity import IdentityAdapter
from ecsdash.sandbox.moto.adapters.images import ImageAdapter
from ecsdash.sandbox.moto.adapters.load_balancing import LoadBalancingAdapter
from ecsdash.sandbox.moto.adapters.network import NetworkAdapter
from ecsdash.sandbox.moto.adapters.service_discovery import ServiceDiscoveryAdapter
from ecsdash.sandbox.moto.adapters.telemetry import TelemetryAdapter


class MotoAdapters(
    ComputeAdapter,
    EventAdapter,
    IdentityAdapter,
    ImageAdapter,
    LoadBalancingAdapter,
    NetworkAdapter,
    ServiceDiscoveryAdapter,
    TelemetryAdapter,
):
    """Implements `AwsServices`."""
