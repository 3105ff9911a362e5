"""The account and region that an address names, as far as the user may see it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponseBase

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.policy import Where
from ecsdash.aws.calls import Connection
from ecsdash.inventory import heat
from ecsdash.inventory.models import Account

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Scope:
    """One account in one region."""

    account: Account
    region: str

    def connection(self) -> Connection:
        return self.account.connection(self.region)

    def url_kwargs(self) -> dict[str, str]:
        return {"account": self.account.alias, "region": self.region}

    def where(self) -> Where:
        return Where(account=self.account.alias, region=self.region)

    def __str__(self) -> str:
        return f"{self.account.alias} / {self.region}"


def find_scope(user: User, alias: str, region: str) -> Scope:
    """Raises Http404 for a scope that does not exist, as for one that the user may not see."""
    account = Account.objects.filter(alias=alias, enabled=True).first()
    if account is None or region not in account.regions:
        raise Http404("No such account or region")
    scope = Scope(account, region)
    if not policy.can(user, Permission.VIEW, scope.where()):
        raise Http404("No such account or region")
    return scope


def visible_scopes(user: User) -> list[Scope]:
    """Every scope that the user may see, in the order of the menu."""
    every = [Scope(account, region) for account in Account.objects.filter(enabled=True) for region in account.regions]
    return [scope for scope in every if policy.can(user, Permission.VIEW, scope.where())]


def scoped(*watches: str) -> Callable[[View], View]:
    """For views below `/<account>/<region>/`: the first argument after the request is the Scope.

    `watches` are the nouns that the page shows: while somebody looks at it they are swept as watched.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, account: str, region: str, **kwargs: Any) -> HttpResponseBase:
            scope = find_scope(cast(User, request.user), account, region)
            request.scope = scope  # type: ignore[attr-defined]  # the frame's scope menu reads it
            heat.watch(scope.account.pk, region, watches)
            return view(request, scope, **kwargs)

        return inner

    return decorate
