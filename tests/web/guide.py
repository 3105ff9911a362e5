"""Pages with every part of the web kit, for tests only."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from ecsdash.access.models import User
from ecsdash.web.forms import repeated_groups
from ecsdash.web.polling import fragments
from ecsdash.web.polling.counters import Version
from ecsdash.web.polling.fragments import Fragment
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Bulk, Column
from ecsdash.web.tables.table import Table
from tests.web import samples

# The state that the live sections show. Tests change it while a page is open.
STATE: dict[str, Any] = {"count": 1, "final": False, "broken": False, "renders": 0}


def scope(alias: str = "shop-prod", region: str = "eu-central-1", environment: str = "production") -> Any:
    return SimpleNamespace(account=SimpleNamespace(alias=alias, name=alias, environment=environment), region=region)


def frame(*crumbs: tuple[str, str]) -> dict[str, Any]:
    scopes = [scope(), scope("shop-stage", "eu-west-1", "staging"), scope("play", "us-east-1", "development")]
    return {"scope": scopes[0], "scopes": scopes, "running_operations": 2, "crumbs": [("Guide", "/guide/"), *crumbs]}


def people(request: HttpRequest, **more: Any) -> Table:
    return Table(
        request,
        User.objects.all(),
        columns=[
            Column("username", "User", path="username"),
            Column("state", "State", cell="guide/cells.html#state", value=lambda user: user.is_active),
            Column("email", "Email", path="email", priority=3),
            Column("id", "Number", path="id", filter="", align="end"),
            Column("date_joined", "Joined", path="date_joined", filter="", cell=ago, priority=3),
            Column("first_name", "First name", path="first_name", optional=True),
        ],
        name="people",
        title="People",
        order="username",
        search=["username", "email"],
        row_url=lambda user: f"/guide/?person={user.username}",
        row_menu="guide/menu.html",
        bulk=[Bulk("Stop", "/guide/stop/", tone="bad")],
        empty_hint="Created users are shown here.",
        **more,
    )


@login_not_required
def running(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


@login_not_required
def table_page(request: HttpRequest) -> HttpResponseBase:
    table = people(request)
    if response := table.alternative_response():
        return response
    context = {**frame(("People", request.path)), "table": table}
    return fragments.render(request, "guide/table.html", context, Fragment("people-section", every=2))


@login_not_required
def live_page(request: HttpRequest) -> HttpResponseBase:
    if STATE["broken"] and "fragment" in request.GET:
        return HttpResponse("broken", status=500)

    def context() -> dict[str, Any]:
        STATE["renders"] += 1
        return {**frame(("Live", request.path)), "state": dict(STATE)}

    fragment = Fragment("counter", version=Version.of({"count": STATE["count"]}), every=2, final=STATE["final"])
    return fragments.render(request, "guide/live.html", context, fragment)


class ContainerForm(forms.Form):
    name = forms.CharField()
    image = forms.CharField()


ContainerFormSet = formset_factory(ContainerForm, extra=0, min_num=1, validate_min=True)


class ServiceForm(forms.Form):
    template = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[("fargate", "Fargate | No servers to manage"), ("ec2", "EC2 | Your own container instances")],
    )
    name = forms.SlugField(help_text="Letters, digits, - and _")
    memory = forms.IntegerField(min_value=512, initial=512)
    size = forms.ChoiceField(choices=[("a", "t3.micro"), ("b", "t3.large")], required=False)
    subnets = forms.MultipleChoiceField(
        choices=[(f"subnet-{n}", f"subnet-{n} (eu-central-1{'abc'[n % 3]})") for n in range(12)],
        widget=forms.CheckboxSelectMultiple,
    )
    public = forms.BooleanField(label="Assign a public IP address", required=False)
    command = forms.CharField(widget=forms.Textarea, required=False)


@login_not_required
def form_page(request: HttpRequest) -> HttpResponseBase:
    form, containers = ServiceForm(initial={"template": "fargate"}), ContainerFormSet(prefix="containers")
    if request.method == "POST":
        data = repeated_groups.after_button(request.POST)
        form = ServiceForm(data or request.POST)
        containers = ContainerFormSet(data or request.POST, prefix="containers")
        if data is not None:
            repeated_groups.hide_errors(form, containers)
        elif form.is_valid() and containers.is_valid():
            return HttpResponse(f"registered {len(containers.forms)} containers")
    context = {**frame(("Create service", request.path)), "form": form, "containers": containers}
    return render(request, "guide/form.html", context)


@login_not_required
def guide_page(request: HttpRequest) -> HttpResponseBase:
    messages.success(request, "Service web now runs 3 tasks.")
    return render(request, "guide/parts.html", {**frame(("Parts", request.path)), **samples.parts()})
