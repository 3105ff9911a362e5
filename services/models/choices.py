"""Choices of the task definition and service forms."""

from django.db import models

from ecsdash.inventory.models import Choice


class Function(Choice):
    """A Lambda function that a lifecycle hook can name."""

    NOUN = "function"
    runtime = models.CharField(max_length=40, blank=True)


class Alarm(Choice):
    """A CloudWatch alarm that can fail a deployment. `state`: OK, ALARM or INSUFFICIENT_DATA."""

    NOUN = "alarm"
    state = models.CharField(max_length=30, blank=True)


class LogGroup(Choice):
    NOUN = "log_group"
    retention_days = models.PositiveIntegerField(null=True)


class Secret(Choice):
    """A secret's name and ARN; never its value. `kind` is secretsmanager or ssm."""

    NOUN = "secret"
    kind = models.CharField(max_length=20, default="secretsmanager")


class Repository(Choice):
    """A repository of ECR. `images`: its newest tagged images, as `services.sync.images` describes them."""

    NOUN = "repository"
    uri = models.CharField(max_length=600, blank=True)
    images = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
