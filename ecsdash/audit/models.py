"""The audit trail: append-only rows, each with a hash of its own fields and the previous row's hash, and with a MAC.

The product's database role may insert and read APPEND_ONLY tables and nothing more (ecsdash.audit.roles)."""

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


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("rows of the audit trail are never updated")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("rows of the audit trail are never deleted")


class AppendOnly(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("rows of the audit trail are never updated")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("rows of the audit trail are never deleted")


class AuditEvent(AppendOnly):
    #: How it is sealed: 1 by its hash alone (before keys), 2 by hash and MAC; ecsdash.audit.verifier has both.
    scheme = models.PositiveSmallIntegerField(default=1)
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
    code = models.TextField(blank=True)  # stable name of the kind of event, from ecsdash.audit.codes
    code_version = models.PositiveSmallIntegerField(default=0)
    key_id = models.TextField(blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    mac = models.CharField(max_length=64, blank=True)

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


class Checkpoint(AppendOnly):
    """A signed statement of how long the trail was and how it ended. Copies of it are kept outside the database."""

    number = models.PositiveBigIntegerField(unique=True)
    count = models.PositiveBigIntegerField()
    last_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)  # MAC of the checkpoint before
    key_id = models.TextField()
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.count} events"


class SinkProgress(models.Model):
    """How far a sink has received a stream, and the lease of the process that sends to it."""

    class Stream(models.TextChoices):
        EVENTS = "events"
        CHECKPOINTS = "checkpoints"

    stream = models.CharField(max_length=16, choices=Stream.choices)
    sink = models.TextField()  # its address without secrets
    position = models.PositiveBigIntegerField(default=0)  # number of the last row that it has
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "sink"], name="sink_progress_once")]

    def __str__(self) -> str:
        return f"{self.stream} to {self.sink}: {self.position}"


APPEND_ONLY: Final = (AuditEvent, Checkpoint)
