"""The other AWS services for the ECS control plane, implemented with moto's backends in this process."""

from ecsdash.sandbox.moto.adapters.compute import ComputeAdapter
from ecsdash.sandbox.moto.adapters.events import EventAdapter
from ecsdash.sandbox.moto.adapters.express import ExpressAdapter
from ecsdash.sandbox.moto.adapters.file_systems import FileSystemAdapter
from ecsdash.sandbox.moto.adapters.functions import FunctionAdapter
from ecsdash.sandbox.moto.adapters.identity import IdentityAdapter
from ecsdash.sandbox.moto.adapters.images import ImageAdapter
from ecsdash.sandbox.moto.adapters.lattice import LatticeAdapter
from ecsdash.sandbox.moto.adapters.load_balancing import LoadBalancingAdapter
from ecsdash.sandbox.moto.adapters.routes import RouteAdapter
from ecsdash.sandbox.moto.adapters.service_discovery import ServiceDiscoveryAdapter
from ecsdash.sandbox.moto.adapters.telemetry import TelemetryAdapter
from ecsdash.sandbox.moto.adapters.volumes import VolumeAdapter


class MotoAdapters(
    ComputeAdapter,
    EventAdapter,
    ExpressAdapter,
    FileSystemAdapter,
    FunctionAdapter,
    IdentityAdapter,
    ImageAdapter,
    LatticeAdapter,
    LoadBalancingAdapter,
    RouteAdapter,
    ServiceDiscoveryAdapter,
    TelemetryAdapter,
    VolumeAdapter,
):
    """Implements `AwsServices`."""
