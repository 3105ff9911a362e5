"""API calls that CloudTrail recorded and that changed something outside this dashboard."""

from typing import Any, Final

from django.db import models
from django.urls import reverse

from ecsdash.inventory.models import Account, Crumbs, Resource
from ecsdash.web.tone import Tone

NOUN: Final = "external_changes"


class ExternalChange(Resource):
    """One API call, keyed by its event in CloudTrail: `name` is the event ID, `description` the masked event.

    `call` is its name in boto3. The resource, its place and `changes` are set when the call is found not to be ours:
    until then the row is PENDING and no page shows it. `former` holds the settings that the call replaced, by
    parameter; None where they are not known.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        OPEN = "open"
        KEPT = "kept"
        REVERTED = "reverted"

    class Source(models.TextChoices):
        CLOUDTRAIL = "CloudTrail"
        EVENTBRIDGE = "EventBridge"

    NOUN = "external_change"
    PAGE = "external_changes:change"
    URL = {"change": "name"}
    ACCESS_LOOKUPS = {
        "account": "account__alias",
        "region": "region",
        "cluster": "cluster_name",
        "service": "service_name",
    }

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    call = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source)
    request_id = models.CharField(max_length=100, blank=True)
    person = models.CharField(max_length=300)
    person_arn = models.CharField(max_length=2048, blank=True)
    source_ip = models.CharField(max_length=300, blank=True)
    user_agent = models.TextField(blank=True)
    resource_type = models.CharField(max_length=40, blank=True)
    resource_arn = models.CharField(max_length=600, blank=True)
    resource_name = models.CharField(max_length=300, blank=True)
    cluster_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    summary = models.TextField(blank=True)
    changes: Any = models.JSONField(default=list)
    former: Any = models.JSONField(null=True)
    audit_seq = models.PositiveBigIntegerField(null=True)
    kept_by = models.CharField(max_length=150, blank=True)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "state", "-happened_at"], name="external_by_scope"),
            models.Index(fields=["account", "region", "cluster_name", "service_name"], name="external_by_place"),
            models.Index(fields=["resource_arn", "-happened_at"], name="external_by_resource"),
            models.Index(fields=["happened_at"], name="external_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self.resource_name}"

    @property
    def operation_name(self) -> str:
        """The name of the call in the API: `UpdateService`."""
        return str(self.description.get("eventName", self.call))

    @property
    def operation(self) -> str:
        """The call with its service in boto3: `ecs:UpdateService`."""
        return f"{self.call.partition('.')[0]}:{self.operation_name}"

    @property
    def tone(self) -> Tone:
        tones = {self.State.OPEN: Tone.WARN, self.State.REVERTED: Tone.OK}
        return tones.get(self.State(self.state), Tone.IDLE)

    @property
    def invoked_by(self) -> str:
        """The AWS service through which the person made the call, such as CloudFormation; empty for none."""
        return str(self.description.get("invokedBy", ""))

    @property
    def request(self) -> dict[str, Any]:
        """The parameters of the call as boto3 takes them, with hidden values as fingerprints."""
        parameters: dict[str, Any] = self.description.get("parameters", {})
        return parameters

    def audited_place(self) -> dict[str, Any]:
        """Return the resource and its place, as the audit trail takes them."""
        return {
            "account": self.account.alias,
            "region": self.region,
            "cluster": self.cluster_name,
            "service": self.service_name,
            "resource_type": self.resource_type,
            "resource_arn": self.resource_arn,
            "resource_name": self.resource_name,
        }

    def crumbs(self) -> Crumbs:
        return [*self.crumbs_above(), (f"{self.operation_name} by {self.person}", self.get_absolute_url())]

    def crumbs_above(self) -> Crumbs:
        return [("External changes", reverse("external_changes:list", kwargs=self.scope_kwargs()))]


class ReadPosition(models.Model):
    """How far CloudTrail's event history of one account and region was read.

    Nothing before `since` is read, which is when it was first looked at; `newest` is the newest event. Both are times
    of CloudTrail, None before. `read_at` is when it was last read, `reread_at` when it was last read again for events
    that came late. `problem` says why it cannot be read.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    since = models.DateTimeField(null=True)
    newest = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    reread_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "region"], name="one_read_position_per_scope")]

    def __str__(self) -> str:
        return f"{self.account} {self.region} until {self.newest}"
