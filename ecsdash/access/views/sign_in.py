"""Settings > Sign-in: who needs a second factor, and which groups of the provider stand for which teams."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ecsdash.access import groups, sign_in_changes
from ecsdash.access.changes import By, Refused
from ecsdash.access.decorators import require, require_proof
from ecsdash.access.forms import MappingForm, PolicyForm
from ecsdash.access.models import GroupMapping
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.second_factors import policy_role
from ecsdash.access.views.confirm import Question, ask
from ecsdash.access.views.crumbs import below_settings


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def sign_in(request: UserRequest) -> HttpResponse:
    form = PolicyForm(request.POST or None, initial={"role": policy_role() or PolicyForm.NOBODY})
    if request.method == "POST" and form.is_valid():
        sign_in_changes.set_policy(By.of(request), form.cleaned_data["role"])
        return redirect("access:sign_in")
    return _page(request, form, MappingForm())


@require(Permission.ADMIN)
@require_POST
@require_proof
def add_mapping(request: UserRequest) -> HttpResponse:
    form = MappingForm(request.POST)
    if form.is_valid():
        try:
            groups.add_mapping(By.of(request), form.save(commit=False))
            return redirect("access:sign_in")
        except Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, PolicyForm(initial={"role": policy_role() or PolicyForm.NOBODY}), form)


@require(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_mapping(request: UserRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(GroupMapping.objects.select_related("team"), pk=pk)
    if request.method == "POST":
        groups.delete_mapping(By.of(request), mapping)
        return redirect("access:sign_in")
    question = Question(
        title=f"Delete the mapping of {mapping.group}?",
        text=f"Members of the group leave team {mapping.team} immediately. Members who were added by hand stay.",
        button="Delete mapping",
        above=below_settings(("Sign-in", reverse("access:sign_in"))),
    )
    return ask(request, question)


def _page(request: UserRequest, form: PolicyForm, mapping_form: MappingForm) -> HttpResponse:
    context = {
        "form": form,
        "mapping_form": mapping_form,
        "mappings": GroupMapping.objects.select_related("team"),
        "provider": settings.OIDC_SERVER,
        "claim": settings.OIDC_GROUPS_CLAIM,
        "local": settings.LOCAL_SIGN_IN,
        "idle_minutes": settings.IDLE_SECONDS // 60,
        "crumbs": below_settings(("Sign-in", reverse("access:sign_in"))),
    }
    return render(request, "access/sign_in.html", context, status=422 if form.errors or mapping_form.errors else 200)
