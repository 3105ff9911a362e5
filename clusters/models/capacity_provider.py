"""Capacity providers and the Auto Scaling groups behind them."""

from django.db import models

from clusters.statuses import (
    CapacityProviderStatus,
)
from ecsdash.inventory.models import Resource
from ecsdash.web.tone import Tone


class CapacityProvider(Resource):
    """A capacity provider: FARGATE, FARGATE_SPOT, or one with an Auto Scaling group."""

    NOUN = "capacity_provider"

    status = models.CharField(max_length=20)
    auto_scaling_group_arn = models.CharField(max_length=600, blank=True)
    managed_scaling = models.BooleanField(default=False)

    @property
    def tone(self) -> Tone:
        return CapacityProviderStatus.tone_of(self.status)


class AutoScalingGroup(Resource):
    NOUN = "auto_scaling_group"

    min_size = models.PositiveIntegerField(default=0)
    max_size = models.PositiveIntegerField(default=0)
    desired_capacity = models.PositiveIntegerField(default=0)
