"""Event feeds, the progress of reading them, and messages that could not be processed."""

from typing import ClassVar

from django.db import models

from ecsdash.inventory.models.resource import Resource


class EventFeed(Resource):
    """The EventBridge rule and the SQS queue for the ECS events of one account and region; keyed by the rule's ARN.

    `connected`: an enabled rule sends to the queue; otherwise `problem` says what is missing.
    """

    NOUN = "event_feed"
    PAGE = "inventory:event_feed"
    URL: ClassVar[dict[str, str]] = {}

    queue_url = models.CharField(max_length=600, blank=True)
    connected = models.BooleanField(default=False)
    problem = models.TextField(blank=True)

    @classmethod
    def arn_type(cls) -> str:
        return "rule"


class FeedProgress(models.Model):
    """Progress of reading a feed. The counts are totals of messages.

    `polled_at` is when the queue was last received from and its messages stored; `lag` is the age in seconds of the
    newest event of the last batch when it was stored.
    """

    feed = models.OneToOneField(EventFeed, on_delete=models.CASCADE, related_name="progress")
    polled_at = models.DateTimeField(null=True)
    message_at = models.DateTimeField(null=True)
    lag = models.FloatField(null=True)
    received = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(default=0)
    ignored = models.BigIntegerField(default=0)
    dead = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"progress of {self.feed}"


class DeadLetter(models.Model):
    """A message that cannot be processed, with the reason. Its body is masked and truncated."""

    feed = models.ForeignKey(EventFeed, on_delete=models.CASCADE, related_name="dead_letters")
    message_id = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    reason = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "message_id"], name="one_letter_per_message")]
        indexes = [models.Index(fields=["feed", "-received_at"])]

    def __str__(self) -> str:
        return self.message_id


class PendingDescribe(models.Model):
    """A resource to describe again, because an event mentioned it without describing it. Deleted afterwards."""

    feed = models.ForeignKey(EventFeed, on_delete=models.CASCADE, related_name="pending_describes")
    noun = models.CharField(max_length=40)
    arn = models.CharField(max_length=600)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "noun", "arn"], name="one_pending_describe")]

    def __str__(self) -> str:
        return self.arn
