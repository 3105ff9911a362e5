"""Signal receivers that record events of lower layers. An exception here rolls the change back."""

from typing import Any

from allauth.account.signals import password_changed, password_set, user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.access.signals import access_changed, sign_in_locked
from ecsdash.audit.models import Outcome
from ecsdash.audit.record import record
from ecsdash.audit.refusals import refuse
from ecsdash.web.tables.csv_export import exported


@receiver(access_changed)
def record_access_change(
    actor: User | None,
    source_ip: str,
    action: str,
    resource_type: str,
    resource_name: str,
    changes: list[dict[str, Any]],
    reason: str = "",
    **kwargs: Any,
) -> None:
    record(
        actor=actor,
        source_ip=source_ip,
        action=action,
        resource_type=resource_type,
        resource_name=resource_name,
        changes=changes,
        reason=reason,
    )


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(actor=user, source_ip=client_ip(request), action="sign_in", outcome=Outcome.SUCCEEDED)


@receiver(user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user:
        record(actor=user, source_ip=client_ip(request), action="sign_out", outcome=Outcome.SUCCEEDED)


@receiver(user_login_failed)
def record_refused_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    _refuse_sign_in("sign_in", credentials, request)


@receiver(sign_in_locked)
def record_locked_sign_in(credentials: dict[str, Any], request: HttpRequest, **kwargs: Any) -> None:
    _refuse_sign_in("sign_in_locked", credentials, request)


def _refuse_sign_in(action: str, credentials: dict[str, Any], request: HttpRequest | None) -> None:
    """Record a failed sign-in. Unknown usernames are not stored: people type passwords into the wrong field."""
    known = User.objects.filter(username=credentials.get("username", "")).first()
    name = known.get_username() if known else "unknown user"
    refuse(action, actor=None, actor_name=name, source_ip=client_ip(request) if request else "")


@receiver([password_changed, password_set])
def record_password_change(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(actor=user, source_ip=client_ip(request), action="change_password", **about(user))


@receiver(exported)
def record_list_export(request: HttpRequest, name: str, **kwargs: Any) -> None:
    """Record a CSV export of a list. Exports of the audit trail are recorded by its own views."""
    user = request.user if isinstance(request.user, User) else None
    detail = {"list": name, "path": request.path[:300], "filter": request.GET.get("q", "")[:300]}
    record(actor=user, source_ip=client_ip(request), action="export_list", resource_name=name, detail=detail)


def about(user: User) -> dict[str, Any]:
    return {"resource_type": "user", "resource_name": user.get_username()}
