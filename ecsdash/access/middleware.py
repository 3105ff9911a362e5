"""Middleware of sign-in: sessions that end by themselves, and what must be done before anything else."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from ecsdash.access import idleness
from ecsdash.access.models import User
from ecsdash.access.second_factors import must_add_second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]
#: Routes that read no session, because they say what is wrong while the database is away.
WITHOUT_SESSION: Final = frozenset({"healthz", "readyz", "operating:metrics"})
#: Routes that need no user, and those by which a user does what is missing.
ALWAYS: Final = frozenset({"healthz", "readyz", "operating:metrics", "choose_theme", "account_login", "account_logout"})
PASSWORD: Final = "account_change_password"  # noqa: S105 the name of a route
ADDING: Final = frozenset({
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
    "account_reauthenticate", "account_reauthenticate_by_provider", "openid_connect_login", "openid_connect_callback",
    PASSWORD,
})  # fmt: skip


ACCOUNT_PAGES: Final = "/account/"


class EndIdleSessions:
    """Inside of the authentication: signs out who has not used the session for too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route in WITHOUT_SESSION:
            return
        if idleness.is_idle(request.session):
            logout(request)
        else:
            idleness.note_activity(request)


class RequireSecureSignIn:
    """Sends users whose password somebody else knows to the page that changes it, and those who must have a second
    factor to the page that adds one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let a script leave the page where it would otherwise put the other page into a part of its own."""
        response = self.get_response(request)
        if "HX-Request" in request.headers and response.headers.get("Location", "").startswith(ACCOUNT_PAGES):
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route in ALWAYS or not isinstance(request.user, User):
            return None
        if request.user.must_change_password:
            return None if route == PASSWORD else redirect(PASSWORD)
        if route not in ADDING and must_add_second_factor(request.user):
            return redirect("mfa_index")
        return None
