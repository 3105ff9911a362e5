"""Abstract models of inventory rows, and change counters."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self, cast

from django.db import models

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.targets import AccessTarget
from ecsdash.inventory.models.account import Account
from ecsdash.masking import mask
from ecsdash.web.cached_reverse import address

#: Label and address of each page, from the top.
Crumbs = list[tuple[str, str]]


class ScopeCondition(Protocol):
    """One scope or a selection of scopes (see ecsdash.inventory.scope)."""

    def condition(self) -> models.Q: ...


#: Columns of the account that lists do not load.
UNLISTED = tuple(
    f"account__{name}"
    for name in ("name", "account_id", "external_id", "regions", "permissions_boundary_arn", "passed_roles")
)


class ResourceQuerySet(models.QuerySet[Any]):
    """Query set of inventory rows. The query of every page begins with `visible_to`."""

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        return cast(Self, policy.visible(self, user, permission, **self.model.ACCESS_LOOKUPS))

    def in_scope(self, account: Account, region: str) -> Self:
        return self.filter(account=account, region=region)

    def within(self, scopes: ScopeCondition) -> Self:
        return self.filter(scopes.condition())

    def present(self) -> Self:
        """Exclude resources that no longer exist in AWS."""
        return self.filter(gone_at__isnull=True)

    def listed(self, *unlisted: str) -> Self:
        """Defer what lists do not show: descriptions, the columns `unlisted`, and most columns of the account."""
        return self.select_related("account").defer("description", "tags", "digest", *UNLISTED, *unlisted)


class Resource(models.Model):
    """A resource in AWS, keyed by ARN: columns that lists filter and sort by, and the complete description.

    `observed_at` is when the row last changed; SweepState has the freshness. `version` is the version that ECS reports
    in DescribeTasks and in events, 0 for resources without one. `digest` is that of the record that was stored.
    """

    #: Lookups of the access levels of a row: keyword arguments of policy.visible.
    ACCESS_LOOKUPS: ClassVar[Mapping[str, policy.Path]] = {"account": "account__alias", "region": "region"}
    #: URL keyword -> lookup of the row within its scope.
    URL: ClassVar[dict[str, str]] = {"name": "name"}
    #: The name of the address of its page, "" where it has none.
    PAGE: ClassVar[str] = ""
    #: Name of the resource type in the audit trail and on pages ("cluster", "service").
    NOUN: ClassVar[str] = "resource"
    #: Members of the description, and "tags", whose former values are kept (ecsdash.inventory.former_states).
    SETTINGS: ClassVar[tuple[str, ...]] = ()

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
        """Return the address of the resource's page."""
        return address(self.PAGE, **self.url_kwargs())

    def crumbs(self) -> Crumbs:
        """Return the breadcrumbs of the resource's page: those above it, then its own."""
        return [*self.crumbs_above(), (self.name, self.get_absolute_url())]

    def crumbs_above(self) -> Crumbs:
        return []

    def scope_kwargs(self, **more: str) -> dict[str, str]:
        """The keyword arguments of addresses in the resource's account and region."""
        return {"account": self.account.alias, "region": self.region, **more}

    @property
    def shown_tags(self) -> dict[str, str]:
        """The tags with secrets masked."""
        return cast(dict[str, str], mask(self.tags))

    @property
    def shown_description(self) -> dict[str, Any]:
        return cast(dict[str, Any], mask(self.description))

    def access_target(self) -> AccessTarget:
        """Return the access target of this row."""
        return AccessTarget(**{level: self._level(path) for level, path in self.ACCESS_LOOKUPS.items()})

    def url_kwargs(self) -> dict[str, str]:
        """Return the URL keyword arguments of this resource."""
        own = {keyword: str(self._follow(lookup)) for keyword, lookup in self.URL.items()}
        return self.scope_kwargs(**own)

    @classmethod
    def arn_type(cls) -> str:
        """Return the part before the name in its ARNs: `task-definition`."""
        return cls.NOUN.replace("_", "-")

    def _level(self, path: policy.Path) -> str:
        paths = (path,) if isinstance(path, str) else path
        return next((name for each in paths if (name := self._follow(each))), "")

    def _follow(self, lookup: str) -> str:
        value: Any = self
        for part in lookup.split("__"):
            value = getattr(value, part)
        return str(value)


class Choice(Resource):
    """A resource that only forms offer, stored so that forms need no AWS call. `name` is the ID or name for the API.

    Where the API returns no ARN, it is made in AWS's ARN format.
    """

    label = models.CharField(max_length=300, blank=True, help_text="What people call it: its Name tag, say")

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return f"{self.label} ({self.name})" if self.label and self.label != self.name else self.name


class ChangeCounter(models.Model):
    """Counter that increases with every change of a noun's rows in one account and region."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    noun = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "region", "noun"], name="one_counter_per_noun")]

    def __str__(self) -> str:
        return f"{self.noun} {self.value}"
