from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecsdash.access.changes import By
from ecsdash.demo import sign_in_links


@login_not_required
@transaction.atomic
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link. GET only shows a button, so that a preview of the link does not consume it."""
    if request.method != "POST":
        if not sign_in_links.is_usable(token):
            raise Http404
        return render(request, "demo/sign_in_link.html")
    user = sign_in_links.consume(token)
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    By.of(request).announce("sign_in_by_link", user)
    return redirect(settings.LOGIN_REDIRECT_URL)
