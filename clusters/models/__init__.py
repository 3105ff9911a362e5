"""One module per noun; every model can be imported from here."""

from clusters.models.account_setting import AccountSetting
from clusters.models.capacity_provider import AutoScalingGroup, CapacityProvider
from clusters.models.choices import (
    CHOICES,
    InstanceProfile,
    InstanceType,
    KeyPair,
    MachineImage,
    Role,
    SecurityGroup,
    Subnet,
    Vpc,
)
from clusters.models.cluster import Cluster
from clusters.models.container_instance import ContainerInstance, ContainerInstanceEvent

__all__ = [
    "CHOICES",
    "AccountSetting",
    "AutoScalingGroup",
    "CapacityProvider",
    "Cluster",
    "ContainerInstance",
    "ContainerInstanceEvent",
    "InstanceProfile",
    "InstanceType",
    "KeyPair",
    "MachineImage",
    "Role",
    "SecurityGroup",
    "Subnet",
    "Vpc",
]
