"""The data of the control plane (see codec.py). Times are simulated seconds since the epoch.

A `Json` field holds a fragment as the API shows it; it is replaced, never changed in place.
"""

from ecsdash.sandbox.ecs.models.clusters import CapacityProvider, Cluster, ContainerInstance, Region, TaskDefinition
from ecsdash.sandbox.ecs.models.json import Json
from ecsdash.sandbox.ecs.models.services import Deployment, Revision, Service, ServiceDeployment
from ecsdash.sandbox.ecs.models.tasks import Container, Target, Task

__all__ = [
    "CapacityProvider",
    "Cluster",
    "Container",
    "ContainerInstance",
    "Deployment",
    "Json",
    "Region",
    "Revision",
    "Service",
    "ServiceDeployment",
    "Target",
    "Task",
    "TaskDefinition",
]
