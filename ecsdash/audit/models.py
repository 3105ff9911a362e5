"""The audit trail: append-only rows, each with a hash of its own fields and the previous row's hash."""

from typing import Any, Final, NoReturn

from django.conf import settings
from django.db import models

from ecsdash.web.tone import Tone

#: Name of the change counter whose value is the number of the last event.
COUNTER: Final = "audit"


class Phase(models.TextChoices):
    INTENT = "intent"  # recorded before the first AWS call
    OUTCOME = "outcome"  # recorded at the end of the operation
    CHANGE = "change"  # recorded in the transaction of the change


class Outcome(models.TextChoices):
    NONE = ""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ERRORED = "errored"
    CANCELLED = "cancelled"


TONES = {
    Outcome.NONE: Tone.IDLE,
    Outcome.SUCCEEDED: Tone.OK,
    Outcome.FAILED: Tone.BAD,
    Outcome.ERRORED: Tone.BAD,
    Outcome.CANCELLED: Tone.WARN,
}


class AppendOnlyError(Exception):
    """Raised on an attempt to update or delete an audit event. Database triggers refuse it too."""


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit events are never updated")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("audit events are never deleted")


class AuditEvent(models.Model):
    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.TextField()
    source_ip = models.TextField(blank=True)
    action = models.TextField()
    phase = models.CharField(max_length=16, choices=Phase.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    account = models.TextField(blank=True)
    region = models.TextField(blank=True)
    cluster = models.TextField(blank=True)
    service = models.TextField(blank=True)
    resource_type = models.TextField(blank=True)
    resource_arn = models.TextField(blank=True)
    resource_name = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=list)  # [{"path": ..., "before": ..., "after": ...}]
    detail = models.JSONField(default=dict)
    operation = models.UUIDField(null=True)
    request_ids = models.JSONField(default=list)  # request IDs of the AWS calls
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["actor_name", "id"], name="audit_actor_id"),
            models.Index(fields=["action", "id"], name="audit_action_id"),
            models.Index(fields=["outcome", "id"], name="audit_outcome_id"),
            models.Index(fields=["account", "region", "cluster", "service", "-seq"], name="audit_place"),
            models.Index(fields=["operation"], name="audit_operation"),
            models.Index(fields=["resource_arn", "-seq"], name="audit_resource"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.phase}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("audit events are never updated")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit events are never deleted")

    @property
    def title(self) -> str:
        return self.action.replace("_", " ").capitalize()

    @property
    def label(self) -> str:
        """The outcome or, without one, the phase."""
        return (self.outcome or self.phase).capitalize()

    @property
    def tone(self) -> Tone:
        return TONES[Outcome(self.outcome)]


class ChainHead(models.Model):
    """The single row with the length and the last hash of the chain. Writers lock it, one after the other."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.count} {self.last_hash[:12]}"
