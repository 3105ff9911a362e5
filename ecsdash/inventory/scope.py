"""Scopes: the account and region of a page's address. On lists, `all` selects every account or region."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponseBase

from ecsdash.access import policy
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.targets import AccessTarget
from ecsdash.aws.calls import Connection
from ecsdash.inventory import viewers
from ecsdash.inventory.models import Account
from ecsdash.web.nav import ALL

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Scope:
    """One account in one region."""

    account: Account
    region: str

    def connection(self) -> Connection:
        """Return the connection for reads: sweeps and pages use no other."""
        return self.account.reader(self.region)

    def url_kwargs(self) -> dict[str, str]:
        return {"account": self.account.alias, "region": self.region}

    def access_target(self) -> AccessTarget:
        return AccessTarget(account=self.account.alias, region=self.region)

    def condition(self) -> Q:
        """Return the condition for the inventory rows of this scope."""
        return Q(account=self.account, region=self.region)

    def __str__(self) -> str:
        return f"{self.account.alias} / {self.region}"


class AllAccounts:
    """Placeholder for the account on lists of all accounts."""

    alias = ALL
    name = "All accounts"
    environment = ""


@dataclass(frozen=True)
class ScopeSelection:
    """The scopes of a list: the one in its address, or all that `all` selects."""

    account: Account | AllAccounts
    region: str
    scopes: tuple[Scope, ...]

    @property
    def only(self) -> Scope | None:
        """The scope in the address, None if the address contains `all`."""
        return None if ALL in (self.account.alias, self.region) else self.scopes[0]

    def url_kwargs(self) -> dict[str, str]:
        return {"account": self.account.alias, "region": self.region}

    def condition(self) -> Q:
        """Return the condition for the inventory rows of these scopes, grouped by accounts with the same regions."""
        regions: dict[int, list[str]] = {}
        for scope in self.scopes:
            regions.setdefault(scope.account.pk, []).append(scope.region)
        accounts: dict[tuple[str, ...], list[int]] = {}
        for pk, names in regions.items():
            accounts.setdefault(tuple(sorted(names)), []).append(pk)
        condition = Q(pk__in=[])
        for same, pks in accounts.items():
            condition |= Q(account__in=pks, region__in=same)
        return condition

    def __str__(self) -> str:
        account = self.account.name if self.account.alias == ALL else self.account.alias
        return f"{account} / {'all regions' if self.region == ALL else self.region}"


class PageRequest(UserRequest):
    """Request of a page in one scope or in a selection of scopes."""

    scope: Scope | ScopeSelection | None


def find_scope(user: User, alias: str, region: str) -> Scope:
    """Return the scope. Raise Http404 if it does not exist or the user cannot view it."""
    account = Account.objects.filter(alias=alias, enabled=True).first()
    if account is None or region not in account.regions:
        raise Http404("No such account or region")
    scope = Scope(account, region)
    if not policy.can(user, Permission.VIEW, scope.access_target()):
        raise Http404("No such account or region")
    return scope


def find_selection(user: User, alias: str, region: str) -> ScopeSelection:
    """Return the selected scopes. Raise Http404 if there are none that the user can view."""
    if ALL not in (alias, region):
        scope = find_scope(user, alias, region)
        return ScopeSelection(scope.account, scope.region, (scope,))
    scopes = tuple(
        each for each in visible_scopes(user) if alias in (ALL, each.account.alias) and region in (ALL, each.region)
    )
    if not scopes:
        raise Http404("No such account or region")
    return ScopeSelection(AllAccounts() if alias == ALL else scopes[0].account, region, scopes)


def visible_scopes(user: User) -> list[Scope]:
    """Return all scopes that the user can view, in the order of the menu."""
    every = [Scope(account, region) for account in Account.objects.filter(enabled=True) for region in account.regions]
    return [scope for scope in every if policy.can(user, Permission.VIEW, scope.access_target())]


def scoped(*watches: str) -> Callable[[View], View]:
    """View decorator for `/<account>/<region>/...`: pass the Scope as the first argument after the request.

    `watches` are the nouns that the page shows: they are swept more often while the page is viewed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: PageRequest, account: str, region: str, **kwargs: Any) -> HttpResponseBase:
            scope = find_scope(request.user, account, region)
            request.scope = scope  # read by the scope menu
            viewers.note((scope.account.pk, region, noun) for noun in watches)
            return view(request, scope, **kwargs)

        return inner

    return decorate


def scoped_list(*watches: str) -> Callable[[View], View]:
    """View decorator for lists, where account and region can be `all`: pass the ScopeSelection to the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: PageRequest, account: str, region: str, **kwargs: Any) -> HttpResponseBase:
            selection = find_selection(request.user, account, region)
            request.scope = selection.only or selection
            viewers.note((scope.account.pk, scope.region, noun) for scope in selection.scopes for noun in watches)
            return view(request, selection, **kwargs)

        return inner

    return decorate
