"""What the inventory of every noun shares: accounts, the row of a resource, the state of sweeps, change counters."""

from typing import Any, ClassVar, Protocol, Self, cast

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where
from ecsdash.audit.masking import mask
from ecsdash.aws.calls import Connection
from ecsdash.aws.session import Target
from ecsdash.web.addresses import address


class Account(models.Model):
    """An AWS account: how it is called here, how it is reached, and which of its regions are looked after."""

    class Environment(models.TextChoices):
        PRODUCTION = "production"
        STAGING = "staging"
        DEVELOPMENT = "development"

    alias = models.SlugField(max_length=40, unique=True, help_text="Its name in addresses and grants")
    name = models.CharField(max_length=100)
    account_id = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$", "Twelve digits")])
    role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=1224, blank=True)
    regions = models.JSONField(default=list, help_text="Names of the regions, in the order of the menu")
    environment = models.CharField(max_length=20, choices=Environment, default=Environment.DEVELOPMENT)
    enabled = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, help_text="Kept for its operations only; its inventory is deleted")

    class Meta:
        ordering = ["alias"]

    def __str__(self) -> str:
        return self.name

    def target(self, region: str) -> Target:
        return Target(
            account_id=self.account_id,
            region=region,
            role_arn=self.role_arn,
            external_id=self.external_id,
            endpoint_url=settings.AWS_ENDPOINT_URL,
            access_key_id=settings.AWS_ACCESS_KEY_ID,
            secret_access_key=settings.AWS_SECRET_ACCESS_KEY,
            answer_seconds=max(2, settings.OPERATION_LEASE_SECONDS // 2),
        )

    def connection(self, region: str) -> Connection:
        return Connection(self.target(region))


class Place(Protocol):
    """A scope, or several: `ecsdash.inventory.scope`."""

    def condition(self) -> models.Q: ...


#: What a row of a list needs not know of its account.
UNLISTED = tuple(f"account__{name}" for name in ("name", "account_id", "role_arn", "external_id", "regions"))


class ResourceQuerySet(models.QuerySet[Any]):
    """Rows of the inventory. Every page's query begins with `visible_to`."""

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        where: dict[str, str] = self.model.WHERE
        return cast(Self, policy.visible(self, user, permission, **where))

    def in_scope(self, account: Account, region: str) -> Self:
        return self.filter(account=account, region=region)

    def within(self, place: Place) -> Self:
        return self.filter(place.condition())

    def present(self) -> Self:
        """Without the rows of what no longer exists in AWS."""
        return self.filter(gone_at__isnull=True)

    def listed(self, *unlisted: str) -> Self:
        """As lists show them: without AWS's answers, the columns `unlisted`, and most of the account."""
        return self.select_related("account").defer("description", "tags", "digest", *UNLISTED, *unlisted)


class Resource(models.Model):
    """One thing in AWS, keyed by ARN: the columns that lists filter and sort by, and AWS's own answer whole.

    `observed_at` is when the row last changed here; how fresh a list is, its sweep says (SweepState).
    `version` is ECS's own, as DescribeTasks and events tell it; 0 where there is none. `digest` is that of the record
    which the row was written from.
    """

    #: Where access policy finds the place of a row: keyword arguments of policy.visible.
    WHERE: ClassVar[dict[str, str]] = {"account": "account__alias", "region": "region"}
    #: URL keyword -> lookup that finds the row in its scope.
    URL: ClassVar[dict[str, str]] = {"name": "name"}
    #: The name of its page's address, "" where it has none.
    PAGE: ClassVar[str] = ""
    #: What the resource is called in audit and on pages ("cluster", "service").
    NOUN: ClassVar[str] = "resource"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    arn = models.CharField(max_length=600, unique=True)
    name = models.CharField(max_length=300)
    description = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    version = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=32, default="", editable=False)
    observed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address of the resource's page."""
        return address(self.PAGE, **self.url_kwargs())

    @property
    def shown_tags(self) -> dict[str, str]:
        """The tags as pages show them: people keep tokens in tags too."""
        return cast(dict[str, str], mask(self.tags))

    @property
    def shown_description(self) -> dict[str, Any]:
        return cast(dict[str, Any], mask(self.description))

    def where(self) -> Where:
        """The place of this row, as access policy judges it."""
        values = {part: self._follow(lookup) for part, lookup in self.WHERE.items()}
        return Where(**values)

    def url_kwargs(self) -> dict[str, str]:
        """The keyword arguments of this resource's addresses."""
        own = {keyword: str(self._follow(lookup)) for keyword, lookup in self.URL.items()}
        return {"account": self.account.alias, "region": self.region, **own}

    @classmethod
    def arn_type(cls) -> str:
        """What stands before the name in its ARNs: `task-definition`."""
        return cls.NOUN.replace("_", "-")

    def _follow(self, lookup: str) -> str:
        value: Any = self
        for part in lookup.split("__"):
            value = getattr(value, part)
        return str(value)


class SweepState(models.Model):
    """How one noun stands in one account and region: when it was last seen whole, and when to look again.

    `fence` grows with every claim: who has an older one has lost the sweep. A pass that broke off is taken up again:
    it began at `pass_started_at`, has seen the parts (clusters) `parts_done`, and cost `calls` AWS calls and `seconds`
    so far; after a complete pass those two tell what it cost.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sweeps")
    region = models.CharField(max_length=30)
    noun = models.CharField(max_length=40)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(null=True)
    hot_until = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    pass_started_at = models.DateTimeField(null=True)
    parts_done = models.JSONField(default=list)
    calls = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "region", "noun"], name="one_state_per_noun")]

    def __str__(self) -> str:
        return f"{self.noun} of {self.account} {self.region}"


class ChangeCounter(models.Model):
    """Grows with every change of a noun's rows in one account and region: 'anything newer than N?'"""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    noun = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "region", "noun"], name="one_counter_per_noun")]

    def __str__(self) -> str:
        return f"{self.noun} {self.value}"


class Verdict(models.TextChoices):
    """Whether an IAM action is allowed, as far as AWS told."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"


class ConnectionTest(models.Model):
    """What the last connection test of an account found; it runs in a worker.

    `principal` is who the dashboard is before it assumes the role, `identity` who it is in the account.
    `results` are {region, action, verdict} of every IAM action that the product may need. `error` says why there are
    none.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="connection_test")
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    principal = models.CharField(max_length=2048, blank=True)
    identity = models.CharField(max_length=2048, blank=True)
    error = models.TextField(blank=True)
    results = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"connection test of {self.account}"


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


class Touched(models.Model):
    """What an event spoke of without describing it: to be described again. Kept until that is done."""

    feed = models.ForeignKey(EventFeed, on_delete=models.CASCADE, related_name="touched")
    noun = models.CharField(max_length=40)
    arn = models.CharField(max_length=600)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "noun", "arn"], name="touched_once")]

    def __str__(self) -> str:
        return self.arn
