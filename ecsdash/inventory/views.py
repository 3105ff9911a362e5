"""The AWS accounts that this installation looks after. Every change of them is audited in its own transaction."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ecsdash.access.client import client_ip
from ecsdash.access.decorators import require
from ecsdash.access.models import User
from ecsdash.access.permissions import Permission
from ecsdash.access.views.crumbs import below_settings
from ecsdash.audit.record import record
from ecsdash.inventory.forms import AccountForm
from ecsdash.inventory.models import Account, SweepState
from ecsdash.web.tables import Column, Table

COLUMNS = [
    Column("name", "Account", sort="name", filter="name"),
    Column("alias", "Short name", sort="alias", filter="alias"),
    Column("account_id", "Account id", sort="account_id", filter="account_id"),
    Column("environment", "Environment", sort="environment", filter="environment"),
    Column("regions", "Regions", cell="inventory/cells.html#regions"),
    Column("enabled", "State", sort="enabled", cell="inventory/cells.html#enabled"),
]


@require(Permission.ADMIN)
@require_safe
def account_list(request: HttpRequest) -> HttpResponseBase:
    table = Table(
        request,
        Account.objects.all(),
        COLUMNS,
        name="accounts",
        title="AWS accounts",
        order="alias",
        search=["name", "alias", "account_id"],
        row_url=lambda row: reverse("inventory:account", args=[row.alias]),
        empty_hint="Add the first account and its regions; what runs there shows up within a minute.",
        empty_url=reverse("inventory:new_account"),
        empty_action="Add account",
    )
    if table.wants_csv:
        return table.csv()
    return render(request, "inventory/accounts.html", {"table": table, "crumbs": _crumbs()})


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    return _edit(request, Account(), "Add account")


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, alias: str) -> HttpResponse:
    return _edit(request, get_object_or_404(Account, alias=alias), "Save account")


def _edit(request: HttpRequest, account: Account, button: str) -> HttpResponse:
    before = _values(account) if account.pk else {}
    title = account.name or "New account"
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        _save(request, form, before)
        return redirect("inventory:accounts")
    context = {
        "form": form,
        "button": button,
        "sweeps": SweepState.objects.filter(account=account).order_by("region", "noun") if account.pk else [],
        "crumbs": [*_crumbs(), (title, request.path)],
    }
    return render(request, "inventory/account.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _save(request: HttpRequest, form: AccountForm, before: dict[str, object]) -> None:
    saved = form.save()
    after = _values(saved)
    record(
        actor=cast(User, request.user),
        source_ip=client_ip(request),
        action="edit_account" if before else "add_account",
        resource_type="account",
        resource_name=saved.alias,
        changes=[
            {"path": name, "before": before.get(name), "after": value}
            for name, value in after.items()
            if before.get(name) != value
        ],
    )


def _values(account: Account) -> dict[str, object]:
    return {name: getattr(account, name) for name in AccountForm.Meta.fields}


def _crumbs() -> list[tuple[str, str]]:
    return below_settings(("AWS accounts", reverse("inventory:accounts")))
