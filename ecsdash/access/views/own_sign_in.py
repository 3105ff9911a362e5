"""What users do about their own sign-in: sessions, break-glass, and proving again who they are at the provider."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecsdash.access import break_glass, sign_in_changes
from ecsdash.access.changes import By
from ecsdash.access.decorators import require_proof
from ecsdash.access.forms import ReasonForm
from ecsdash.access.models import User
from ecsdash.access.requests import UserRequest
from ecsdash.access.second_factors import must_add_second_factor
from ecsdash.access.views.crumbs import below_settings
from ecsdash.web.polling.tickets import session_digest


class SecondFactors(IndexView):
    """The user's second factors, with a note while the dashboard requires one that is missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        missing = isinstance(user, User) and must_add_second_factor(user)
        return {**super().get_context_data(**kwargs), "must_add_factor": missing}


@require_safe
def sessions(request: UserRequest) -> HttpResponse:
    """The user's sessions. An address names a session by a digest of its key."""
    found = sign_in_changes.open_sessions(request.user)
    context = {
        "sessions": [(session_digest(each.session_key), each) for each in found],
        "current": request.session.session_key,
        "idle_minutes": settings.IDLE_SECONDS // 60,
        "crumbs": below_settings(("Sessions", request.path)),
    }
    return render(request, "access/sessions.html", context)


@require_POST
def end_session(request: UserRequest) -> HttpResponse:
    """End the session that `session` names; without it, all but the current one."""
    wanted = request.POST.get("session", "")
    others = [each for each in sign_in_changes.open_sessions(request.user) if each.pk != request.session.session_key]
    ended = [each for each in others if not wanted or session_digest(each.session_key) == wanted]
    sign_in_changes.end_sessions(By.of(request), request.user, ended)
    return redirect("access:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@require_proof
def take_break_glass(request: UserRequest) -> HttpResponse:
    if not request.user.may_break_glass:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        break_glass.take(By.of(request), request.user, form.cleaned_data["reason"])
        return redirect("access:settings")
    context = {"form": form, "crumbs": below_settings(("Break-glass", request.path))}
    return render(request, "access/break_glass.html", context, status=422 if form.errors else 200)


@require_POST
def end_break_glass(request: UserRequest) -> HttpResponse:
    if not request.user.may_break_glass:
        raise Http404
    break_glass.end(By.of(request), request.user)
    return redirect("access:settings")


@require_safe
def prove_by_provider(request: UserRequest) -> HttpResponse:
    """The page that leads to the provider, which asks the person to sign in again."""
    if not SocialAccount.objects.filter(user=request.user).exists():
        raise Http404
    context = {"name": settings.OIDC_NAME, "next": get_next_redirect_url(request) or "/"}
    return render(request, "account/prove_by_provider.html", context)


@login_not_required
def passkey_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey alone, which proves possession and the person."""
    if not settings.LOCAL_SIGN_IN:
        raise Http404
    if request.method == "GET" and request.headers.get("Accept") != "application/json":  # not by the page's script
        return redirect(settings.LOGIN_REDIRECT_URL)
    return webauthn.login_webauthn(request)


@login_not_required
@require_safe
def provider_cancelled(request: HttpRequest) -> HttpResponse:
    """Where the provider leads somebody who cancelled the sign-in there."""
    return redirect(settings.LOGIN_REDIRECT_URL)
