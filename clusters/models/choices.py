"""What forms offer to launch instances and to create services: networks, keys, roles, images, instance types."""

from django.db import models

from ecsdash.inventory.models import Choice


class Vpc(Choice):
    NOUN = "vpc"
    cidr = models.CharField(max_length=50, blank=True)
    is_default = models.BooleanField(default=False)


class Subnet(Choice):
    NOUN = "subnet"
    vpc_id = models.CharField(max_length=40)
    availability_zone = models.CharField(max_length=40)
    cidr = models.CharField(max_length=50, blank=True)
    public = models.BooleanField(default=False)


class SecurityGroup(Choice):
    NOUN = "security_group"
    vpc_id = models.CharField(max_length=40)


class KeyPair(Choice):
    NOUN = "key_pair"


class Role(Choice):
    """An IAM role, in no region: IAM knows none. `trusts` are the AWS services that may assume it."""

    NOUN = "role"
    trusts = models.JSONField(default=list)


class InstanceProfile(Choice):
    """In no region, as roles."""

    NOUN = "instance_profile"
    role_name = models.CharField(max_length=128, blank=True)


class MachineImage(Choice):
    """An ECS-optimised image that SSM names: `name` is the SSM parameter, `image_id` the AMI."""

    NOUN = "machine_image"
    image_id = models.CharField(max_length=40)
    architecture = models.CharField(max_length=20, default="x86_64")


class InstanceType(Choice):
    """vCPUs and memory in MiB."""

    NOUN = "instance_type"
    vcpus = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    architecture = models.CharField(max_length=20, default="x86_64")


CHOICES: tuple[type[Choice], ...] = (
    Vpc, Subnet, SecurityGroup, KeyPair, Role, InstanceProfile, MachineImage, InstanceType,
)  # fmt: skip
