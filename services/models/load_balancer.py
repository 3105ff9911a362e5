from django.db import models

from clusters.models import Choice


class LoadBalancer(Choice):
    NOUN = "load_balancer"
    dns_name = models.CharField(max_length=300, blank=True)
    vpc_id = models.CharField(max_length=40, blank=True)
    scheme = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, blank=True)


class TargetGroup(Choice):
    """`targets` is what describe_target_health says: [{"id", "port", "zone", "state", "reason"}]."""

    NOUN = "target_group"
    port = models.PositiveIntegerField(default=0)
    protocol = models.CharField(max_length=10, blank=True)
    target_type = models.CharField(max_length=20, blank=True)
    vpc_id = models.CharField(max_length=40, blank=True)
    health_check_path = models.CharField(max_length=1024, blank=True)
    load_balancer_arns = models.JSONField(default=list)
    targets = models.JSONField(default=list)


class Listener(Choice):
    NOUN = "listener"
    load_balancer_arn = models.CharField(max_length=600)
    port = models.PositiveIntegerField(default=0)
    protocol = models.CharField(max_length=10, blank=True)
    target_group_arns = models.JSONField(default=list)
