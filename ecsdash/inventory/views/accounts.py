"""Views of AWS accounts. Every change is audited in its own transaction."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.inventory import jobs
from ecsdash.inventory.accounts import connection_test, removal
from ecsdash.inventory.accounts.forms import AccountForm, RemoveForm
from ecsdash.inventory.models import Account
from ecsdash.inventory.views.account_pages import account_context, audit, crumbs
from ecsdash.web.enqueue import enqueue
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

COLUMNS = [
    Column("name", "Account", path="name"),
    Column("alias", "Short name", path="alias", priority=2),
    Column("account_id", "Account ID", path="account_id", priority=2),
    Column("environment", "Environment", path="environment", priority=2, value=Account.get_environment_display),
    Column("regions", "Regions", priority=3, cell="inventory/cells.html#regions"),
    Column("enabled", "Status", path="enabled", filter="", cell="inventory/cells.html#enabled"),
    Column("connection_test", "Connection", cell="inventory/cells.html#connection"),
]
#: Fields of the connection: a change starts a connection test.
CONNECTION_FIELDS = {"account_id", "reader_role_arn", "writer_role_arn", "external_id", "regions"}


@require(Permission.ADMIN)
@require_safe
def account_list(request: UserRequest) -> HttpResponseBase:
    table = Table(
        request,
        Account.objects.filter(removed_at=None).select_related("connection_test"),
        COLUMNS,
        name="accounts",
        title="AWS accounts",
        order="alias",
        search=["name", "alias", "account_id"],
        row_url=lambda row: reverse("inventory:account", args=[row.alias]),
        empty="No AWS accounts yet",
        empty_hint="Add an account and its regions. Its clusters and services are listed within a minute.",
        empty_url=reverse("inventory:new_account"),
        empty_action="Add account",
    )
    if response := table.alternative_response():
        return response
    return render(request, "inventory/accounts.html", {"table": table, "crumbs": crumbs()})


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: UserRequest) -> HttpResponse:
    """Add an account. An account that was removed before reuses its row, because its operations refer to it."""
    known = Account.objects.exclude(removed_at=None).filter(account_id=request.POST.get("account_id", "").strip())
    account = known.first() or Account()
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        _save(request, form, {}, "add_account")
        return redirect("inventory:account_connection", account.alias)
    context = {"form": form, "button": "Add account", "crumbs": crumbs(("Add account", request.path))}
    return render(request, "inventory/new_account.html", context, status=422 if form.errors else 200)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: UserRequest, alias: str) -> HttpResponse:
    account = get_object_or_404(Account, alias=alias, removed_at=None)
    context = account_context(account, "settings")
    before = _values(account)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        _save(request, form, before, "edit_account")
        tested = CONNECTION_FIELDS & {name for name, value in before.items() if getattr(account, name) != value}
        return redirect("inventory:account_connection" if tested else "inventory:account", account.alias)
    context |= {"form": form, "button": "Save changes"}
    return render(request, "inventory/account.html", context, status=422 if form.errors else 200)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_account(request: UserRequest, alias: str) -> HttpResponse:
    account = get_object_or_404(Account, alias=alias, removed_at=None)
    form = RemoveForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            removal.remove(account)
            audit(request, "remove_account", account)
            transaction.on_commit(lambda: enqueue(jobs.forget_account, account.pk))
        return redirect("inventory:accounts")
    context = account_context(account, "settings", ("Remove account", "")) | {"form": form}
    return render(request, "inventory/remove_account.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _save(request: UserRequest, form: AccountForm, before: dict[str, object], action: str) -> None:
    """Save and audit the account; start a connection test if a connection field changed."""
    added_again = form.instance.removed_at is not None
    form.instance.removed_at = None
    saved = form.save()
    changes = [
        {"path": name, "before": before.get(name), "after": value}
        for name, value in _values(saved).items()
        if before.get(name) != value
    ]
    if added_again and (grants := [str(grant) for grant in saved.grants.all()]):
        changes.append({"path": "grants", "before": [], "after": grants})
    audit(request, action, saved, changes)
    if CONNECTION_FIELDS & {change["path"] for change in changes}:
        connection_test.request(saved)
        transaction.on_commit(lambda: enqueue(jobs.test_connection, saved.pk))


def _values(account: Account) -> dict[str, object]:
    return {name: getattr(account, name) for name in AccountForm.Meta.fields}
