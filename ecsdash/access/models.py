"""Users, teams, grants and sessions. AWS accounts are models of ecsdash.inventory."""

from importlib import import_module
from typing import Any, Final

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from ecsdash.access.permissions import Role

pattern_validator = RegexValidator(
    r"\A[\w.*?-]+\Z", "Enter a name or a pattern: * matches any characters, ? matches one character."
)


class User(AbstractUser):
    """A person who can sign in. Users are deactivated, never deleted, because the audit trail refers to them."""

    teams: "models.ManyToManyField[Team, Membership]" = models.ManyToManyField(
        "Team", through="Membership", related_name="members"
    )
    #: What the person has chosen about the look of pages, as ecsdash.web.preferences keeps it.
    preferences = models.JSONField(default=dict, blank=True)
    #: Nothing but changing the password is possible before it is changed: somebody else knows it.
    must_change_password = models.BooleanField(default=False, db_default=False)
    #: The next single sign-on under this username belongs to this user.
    may_link_provider = models.BooleanField(default=False, db_default=False)
    #: The user may take administrator rights for an hour.
    may_break_glass = models.BooleanField(default=False, db_default=False)


class Team(models.Model):
    name = models.SlugField(max_length=64, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    #: A manager adds and removes members, and grants the team what the manager holds.
    is_manager = models.BooleanField(default=False, db_default=False)
    #: The provider's group that the membership follows; empty for one that was given by hand.
    by_group = models.CharField(max_length=200, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class GroupMapping(models.Model):
    """Members of a group of the sign-in provider are members of a team."""

    group = models.CharField(max_length=200, help_text="As the provider names it.")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="groups")
    is_manager = models.BooleanField("Team managers", default=False)

    class Meta:
        ordering = ["group", "team__name"]
        constraints = [models.UniqueConstraint(fields=["group", "team"], name="group_mapped_once")]

    def __str__(self) -> str:
        return f"{self.group} to {'managers' if self.is_manager else 'members'} of {self.team}"


class SignInPolicy(models.Model):
    """Who must have a second factor: users with one of these roles anywhere. One row; without it, nobody must."""

    ROW: Final = 1
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)

    def __str__(self) -> str:
        return f"second factor from {self.role}" if self.role else "second factor for nobody"


class UserSession(AbstractBaseSession):
    """A session as ecsdash.access.session_store stores it, with what a user needs to recognise it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module("ecsdash.access.session_store").SessionStore


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self) -> "GrantQuerySet":
        """Return the grants that have not expired, by the database's clock."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=Now()))


class Grant(models.Model):
    """A role for a team or a user on a scope: an account (null: all accounts) and three name patterns, `*` for any
    characters, `?` for one."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    account = models.ForeignKey(
        "inventory.Account",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
        limit_choices_to={"removed_at": None},
    )
    region = models.CharField(max_length=32, default="*", validators=[pattern_validator])
    cluster = models.CharField(max_length=255, default="*", validators=[pattern_validator])
    service = models.CharField(max_length=255, default="*", validators=[pattern_validator])
    capabilities = models.JSONField(
        null=True, blank=True, help_text="Names of capabilities; null: those that come with the role"
    )
    pass_roles = models.JSONField(default=list, blank=True, help_text="Name patterns of IAM roles that may be passed")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    #: Administrator rights that a person took for an hour; the note is the reason.
    break_glass = models.BooleanField(default=False, db_default=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["team__name", "user__username", "account__alias", "cluster", "service"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(team__isnull=True, user__isnull=False)
                | models.Q(team__isnull=False, user__isnull=True),
                name="grant_for_a_team_or_a_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.holder} on {self.scope}"

    @property
    def holder(self) -> str:
        return f"team {self.team}" if self.team else f"user {self.user}"

    @property
    def account_alias(self) -> str:
        """The alias of the account, `*` for all accounts."""
        return self.account.alias if self.account else "*"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def scope(self) -> str:
        return f"{self.account_alias}/{self.region}/{self.cluster}/{self.service}"


class OwnershipRule(models.Model):
    """Gives things of a kind to a team, or shares them with everybody (without a team).

    A name pattern, or a tag: then the value is a pattern, empty for any value. Without an account: in all accounts.
    """

    account = models.ForeignKey("inventory.Account", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    pattern = models.CharField(max_length=255, blank=True)
    tag_key = models.CharField(max_length=128, blank=True)
    tag_value = models.CharField(max_length=256, blank=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="owns")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "pattern", "tag_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pattern="") ^ models.Q(tag_key=""), name="ownership_by_a_pattern_or_a_tag"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')} {self.what} {self.owner}"

    @property
    def what(self) -> str:
        return self.pattern or f"tagged {self.tag_key}{f'={self.tag_value}' if self.tag_value else ''}"

    @property
    def owner(self) -> str:
        return f"owned by team {self.team}" if self.team else "shared with everybody"
