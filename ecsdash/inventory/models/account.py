"""AWS accounts and their connection tests."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from ecsdash.access.models import User
from ecsdash.aws.callers import READER, person
from ecsdash.aws.calls import Connection
from ecsdash.aws.session import Target

#: Why no change can be made in an account without a writer role.
READ_ONLY = "This account is connected read-only."


class Account(models.Model):
    """An AWS account: its names, its roles, and the regions in the inventory.

    Without roles, the dashboard uses its own credentials. With a reader role only, the account is read-only.
    """

    class Environment(models.TextChoices):
        PRODUCTION = "production"
        STAGING = "staging"
        DEVELOPMENT = "development"

    alias = models.SlugField(max_length=40, unique=True, help_text="Used in addresses and grants")
    name = models.CharField(max_length=100)
    account_id = models.CharField(
        max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$", "Enter 12 digits.")]
    )
    reader_role_arn = models.CharField(max_length=2048, blank=True)
    writer_role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=1224, blank=True)
    sets_source_identity = models.BooleanField(
        default=False, help_text="Whether the connection test found that the writer role lets it be set"
    )
    permissions_boundary_arn = models.CharField(max_length=2048, blank=True)
    passed_roles = models.JSONField(default=list, blank=True, help_text="Name patterns for the writer's policy")
    regions = models.JSONField(default=list, help_text="Names of the regions, in the order of the menu")
    environment = models.CharField(max_length=20, choices=Environment, default=Environment.DEVELOPMENT)
    enabled = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, help_text="Kept for its operations only; its inventory is deleted")

    class Meta:
        ordering = ["alias"]

    def __str__(self) -> str:
        return self.name

    @property
    def read_only(self) -> bool:
        return bool(self.reader_role_arn) and not self.writer_role_arn

    def reader(self, region: str) -> Connection:
        """Return the connection of sweeps, event feeds and pages. It refuses writes."""
        return Connection(self._target(region, self.reader_role_arn), READER, read_only=True)

    def writer(self, region: str, user: User) -> Connection:
        """Return the connection of operations, in the name of the user. In a read-only account it refuses writes."""
        caller = person(user.get_username(), user.pk, source_identity=self.sets_source_identity)
        return Connection(self.writer_target(region), caller, self.read_only)

    def writer_target(self, region: str) -> Target:
        return self._target(region, self.reader_role_arn if self.read_only else self.writer_role_arn)

    def _target(self, region: str, role_arn: str) -> Target:
        return Target(
            account_id=self.account_id,
            region=region,
            role_arn=role_arn,
            external_id=self.external_id,
            endpoint_url=settings.AWS_ENDPOINT_URL,
            access_key_id=settings.AWS_ACCESS_KEY_ID,
            secret_access_key=settings.AWS_SECRET_ACCESS_KEY,
            answer_seconds=max(2, settings.OPERATION_LEASE_SECONDS // 2),
        )


class Verdict(models.TextChoices):
    """Result of the permission test of an IAM action."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"


class ConnectionTest(models.Model):
    """The last connection test of an account.

    `principal` is the ARN of the dashboard before it assumes a role; `identity` and `writer_identity` are its ARNs in
    the account. `results` are {region, role, action, verdict} of every IAM action that a feature uses.
    `reader_may_write` are the actions of changes that the reader role allows. `error` is why there are no results.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="connection_test")
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    principal = models.CharField(max_length=2048, blank=True)
    identity = models.CharField(max_length=2048, blank=True)
    writer_identity = models.CharField(max_length=2048, blank=True)
    error = models.TextField(blank=True)
    reader_may_write = models.JSONField(default=list)
    results = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"connection test of {self.account}"
