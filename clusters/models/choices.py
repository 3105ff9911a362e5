"""Options of forms: networks, key pairs, roles, images, instance types."""

from django.db import models

from ecsdash.inventory.models import Choice


class Vpc(Choice):
    NOUN = "vpc"
    cidr = models.CharField(max_length=50, blank=True)
    is_default = models.BooleanField(default=False)


class Subnet(Choice):
    """A subnet. `default_route` is the id of what its route to all addresses leads to (empty: none), `endpoints` are
    the services whose VPC endpoints it reaches; None: not known. The sweep of routes writes both."""

    NOUN = "subnet"
    vpc_id = models.CharField(max_length=40)
    availability_zone = models.CharField(max_length=40)
    cidr = models.CharField(max_length=50, blank=True)
    public = models.BooleanField(default=False)
    default_route = models.CharField(max_length=100, null=True)
    endpoints = models.JSONField(null=True)


class SecurityGroup(Choice):
    NOUN = "security_group"
    vpc_id = models.CharField(max_length=40)


class KeyPair(Choice):
    NOUN = "key_pair"


class Role(Choice):
    """An IAM role. Its region is empty, because IAM has none. `trusts`: the AWS services that may assume it."""

    NOUN = "role"
    trusts = models.JSONField(default=list)


class InstanceProfile(Choice):
    """An IAM instance profile. Its region is empty."""

    NOUN = "instance_profile"
    role_name = models.CharField(max_length=128, blank=True)


class MachineImage(Choice):
    """An ECS-optimized AMI. `name` is its public SSM parameter, `image_id` the id of the AMI."""

    NOUN = "machine_image"
    image_id = models.CharField(max_length=40)
    architecture = models.CharField(max_length=20, default="x86_64")


class InstanceType(Choice):
    """An EC2 instance type. Memory in MiB."""

    NOUN = "instance_type"
    vcpus = models.PositiveIntegerField(default=0)
    memory = models.PositiveIntegerField(default=0)
    architecture = models.CharField(max_length=20, default="x86_64")


CHOICES: tuple[type[Choice], ...] = (
    Vpc, Subnet, SecurityGroup, KeyPair, Role, InstanceProfile, MachineImage, InstanceType,
)  # fmt: skip
