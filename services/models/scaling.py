"""What Application Auto Scaling does with the desired count of services."""

from django.db import models

from ecsdash.inventory.models import Choice


class ScalableTarget(Choice):
    """The limits within which a service is scaled; `name` is the ID of the resource: `service/shop/web`."""

    NOUN = "scalable_target"
    SETTINGS = ("MinCapacity", "MaxCapacity", "SuspendedState")


class ScalingPolicy(Choice):
    NOUN = "scaling_policy"
    SETTINGS = ("PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration")

    resource_id = models.CharField(max_length=600)
