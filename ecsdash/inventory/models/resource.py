"""The row of a resource, which every noun's model extends, and the change counters of pages."""

from typing import Any, ClassVar, Protocol, Self, cast

from django.db import models

from ecsdash.access import policy
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where
from ecsdash.inventory.models.account import Account
from ecsdash.masking import mask
from ecsdash.web.cached_reverse import address

#: Label and address of each page, from the top.
Crumbs = list[tuple[str, str]]


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
        return self.scope_kwargs(**own)

    @classmethod
    def arn_type(cls) -> str:
        """Return the part before the name in its ARNs: `task-definition`."""
        return cls.NOUN.replace("_", "-")

    def _follow(self, lookup: str) -> str:
        value: Any = self
        for part in lookup.split("__"):
            value = getattr(value, part)
        return str(value)


class Choice(Resource):
    """What only forms offer: kept so that a form opens at once. `name` is the id or name that AWS takes.

    Not every one has an ARN of its own in the answers of the API: it is then made as AWS's ARN format has it.
    """

    label = models.CharField(max_length=300, blank=True, help_text="What people call it: its Name tag, say")

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return f"{self.label} ({self.name})" if self.label and self.label != self.name else self.name


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
