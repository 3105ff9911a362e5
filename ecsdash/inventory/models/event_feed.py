"""Event feeds: the queue of one account and region, how reading it goes, and what could not be applied."""

from typing import ClassVar

from django.db import models

from ecsdash.inventory.models.resource import Resource


class EventFeed(Resource):
    """The queue by which ECS tells what happens in one account and region, as AWS has it; keyed by its rule's ARN.

    `connected`: an enabled rule of EventBridge sends to the queue; `problem` says why it does not.
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
    """How reading a feed goes. The counts are of messages since it was first read.

    `polled_at` is when the queue was last asked and all that came was stored; `lag` how many seconds old the newest
    event of the last batch was when it was stored.
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
    """A message that can never be applied, and why. Its body is masked and cut."""

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
    """A resource that an event mentioned without describing it: to be described again, and deleted then."""

    feed = models.ForeignKey(EventFeed, on_delete=models.CASCADE, related_name="pending_describes")
    noun = models.CharField(max_length=40)
    arn = models.CharField(max_length=600)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "noun", "arn"], name="one_pending_describe")]

    def __str__(self) -> str:
        return self.arn
