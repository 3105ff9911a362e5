"""AWS accounts and their connection tests."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from ecsdash.aws.calls import Connection
from ecsdash.aws.session import Target


class Account(models.Model):
    """An AWS account: its names, its role, and the regions in the inventory."""

    class Environment(models.TextChoices):
        PRODUCTION = "production"
        STAGING = "staging"
        DEVELOPMENT = "development"

    alias = models.SlugField(max_length=40, unique=True, help_text="Used in addresses and grants")
    name = models.CharField(max_length=100)
    account_id = models.CharField(
        max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$", "Enter 12 digits.")]
    )
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


class Verdict(models.TextChoices):
    """Result of the permission test of an IAM action."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"


class ConnectionTest(models.Model):
    """The last connection test of an account.

    `principal` is the ARN of the dashboard before it assumes the role, `identity` its ARN in the account. `results` are
    {region, action, verdict} of every IAM action that a feature uses. `error` is the reason why there are no results.
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
