"""Settings > Ownership: the rules that say which team owns which things in AWS."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ecsdash.access import rule_changes
from ecsdash.access.changes import By
from ecsdash.access.decorators import require
from ecsdash.access.models import OwnershipRule
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.rule_files import HEADINGS
from ecsdash.access.rule_forms import RuleForm
from ecsdash.access.rule_values import ALL, KIND_LABELS, KnownNames, RuleValues, kind_label
from ecsdash.access.views import crumbs
from ecsdash.access.views.confirm import Question, ask
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.filters import ValueSet
from ecsdash.web.tables.table import Table

KINDS = ValueSet("kind", lambda: {label: kind for kind, label in KIND_LABELS.items()})
COLUMNS = [
    Column("kind", HEADINGS["kind"], path="kind", value=lambda rule: kind_label(rule.kind), value_set=KINDS),
    Column("pattern", HEADINGS["pattern"], path="pattern"),
    Column("tag_key", HEADINGS["tag_key"], path="tag_key", priority=2),
    Column("tag_value", HEADINGS["tag_value"], path="tag_value", priority=2),
    Column("owner", HEADINGS["owner"], path="owner_name", cell="access/cells.html#owner"),
    Column("account", HEADINGS["account"], path="account_alias", cell="access/cells.html#place", priority=2),
    Column("note", HEADINGS["note"], path="note", sort="", priority=4),
    Column("created_by", "Added by", path="created_by__username", sort="", optional=True),
    Column("created_at", "Added", path="created_at", filter="", cell=ago, optional=True),
]
SEARCH = ["pattern", "tag_key", "tag_value", "owner_name", "account_alias", "note"]
EXISTS = "This rule exists already."


@require(Permission.ADMIN)
@require_safe
def rules(request: UserRequest) -> HttpResponseBase:
    table = Table(
        request, _rows(), COLUMNS, name="ownership", title="Ownership rules", order="kind", search=SEARCH, icon="tag",
        row_url=lambda rule: reverse("access:edit_rule", args=[rule.pk]), row_menu="access/rule_menu.html",
        empty="No ownership rules yet", empty_url=reverse("access:new_rule"), empty_action="Add rule",
        empty_hint="Without a rule, a resource belongs to the users who may change every service that uses it.",
    )  # fmt: skip
    if response := table.alternative_response():
        return response
    return render(request, "access/rules.html", {"table": table, "crumbs": crumbs.rules()})


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: UserRequest) -> HttpResponse:
    """The form begins with what the address names: `?kind=role&pattern=shop-*`."""
    form = RuleForm(KnownNames.read(), request.POST or None, initial={"account": ALL, **request.GET.dict()})
    if request.method == "POST" and form.is_valid() and _is_new(form):
        rule_changes.add_rule(By.of(request), form.values)
        return redirect("access:rules")
    return _form_page(request, form, "Add rule", "Add rule")


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_rule(request: UserRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(_rows(), pk=pk)
    values = RuleValues.of(rule)
    initial = {name: getattr(values, name) for name in HEADINGS}
    form = RuleForm(KnownNames.read(), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _is_new(form, except_for=rule):
        rule_changes.edit_rule(By.of(request), rule, form.values)
        return redirect("access:rules")
    return _form_page(request, form, f"Edit rule for {values.what}", "Save", rule=rule)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_rule(request: UserRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(_rows(), pk=pk)
    values = RuleValues.of(rule)
    if request.method == "POST":
        rule_changes.delete_rule(By.of(request), rule)
        return redirect("access:rules")
    question = Question(
        title="Delete this ownership rule?",
        text=f"{values}. From then on another rule decides, or the resources belong to the users who may change every "
        "service that uses them.",
        button="Delete rule",
        above=crumbs.rules(),
    )
    return ask(request, question)


def _rows() -> QuerySet[Any]:
    """Return the rules with the names that are sorted and filtered by."""
    text = CharField()
    return OwnershipRule.objects.select_related("account", "team", "created_by").annotate(
        account_alias=Coalesce(F("account__alias"), Value(ALL), output_field=text),
        owner_name=Coalesce(F("team__name"), Value(ALL), output_field=text),
    )


def _is_new(form: RuleForm, except_for: OwnershipRule | None = None) -> bool:
    """Return whether no other rule says the same; otherwise add an error to the form."""
    values = form.values
    same = _rows().filter(
        account_alias=values.account, kind=values.kind, pattern=values.pattern, tag_key=values.tag_key,
        tag_value=values.tag_value, owner_name=values.owner,
    )  # fmt: skip
    if same.exclude(pk=except_for.pk if except_for else None).exists():
        form.add_error(None, EXISTS)
        return False
    return True


def _form_page(request: UserRequest, form: RuleForm, title: str, button: str, **context: Any) -> HttpResponse:
    context |= {"form": form, "button": button, "crumbs": crumbs.rules((title, request.path))}
    return render(request, "access/rule_form.html", context, status=422 if form.errors else 200)
