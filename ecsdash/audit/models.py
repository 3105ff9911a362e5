"""The audit trail: append-only rows, each sealed with a hash over itself and the row before it."""

from typing import Any, Final, NoReturn

from django.conf import settings
from django.db import models

from ecsdash.web.tone import Tone

#: What the number of the last event is called among the change counters of pages.
COUNTER: Final = "audit"


class Phase(models.TextChoices):
    INTENT = "intent"  # committed before the first AWS call
    OUTCOME = "outcome"  # how it ended
    CHANGE = "change"  # done and recorded in one transaction


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
    """The audit trail is never changed. The database refuses it too."""


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
    request_ids = models.JSONField(default=list)  # of the AWS calls made
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
        """How it ended, or what kind of event it is."""
        return (self.outcome or self.phase).capitalize()

    @property
    def tone(self) -> Tone:
        return TONES[Outcome(self.outcome)]


class ChainHead(models.Model):
    """The one row that says how long the chain is and how it ends. Locking it puts the writers in line."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.count} {self.last_hash[:12]}"
