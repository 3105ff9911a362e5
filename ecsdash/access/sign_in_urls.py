"""URLs of the django-allauth pages in use: sign-in, sign-out, password change, second factors and single sign-on,
without sign-up and e-mail.

They have no namespace because django-allauth reverses them without one.
"""

from typing import Any

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as provider
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from ecsdash.access.views import own_sign_in

SETTINGS = ("Settings", reverse_lazy("access:settings"))
FACTORS = ("Second factor", reverse_lazy("mfa_index"))


def below(*pages: Any) -> dict[str, Any]:
    """Return the context of a page whose breadcrumbs end with these pages; the page itself is a label."""
    *above, label = pages
    return {"extra_context": {"crumbs": [SETTINGS, *above, (label, "")]}}


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),  # shows that sign-up is closed; the sign-in page reverses it
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("reauthenticate/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("reauthenticate/provider/", own_sign_in.prove_by_provider, name="account_reauthenticate_by_provider"),
    path(
        "password/change/",
        views.PasswordChangeView.as_view(**below("Change password")),
        name="account_change_password",
    ),
    path("second-factor/", own_sign_in.SecondFactors.as_view(**below("Second factor")), name="mfa_index"),
    path("second-factor/sign-in/", mfa.authenticate, name="mfa_authenticate"),
    path(
        "second-factor/app/add/",
        totp.ActivateTOTPView.as_view(**below(FACTORS, "Add authenticator app")),
        name="mfa_activate_totp",
    ),
    path(
        "second-factor/app/remove/",
        totp.DeactivateTOTPView.as_view(**below(FACTORS, "Remove authenticator app")),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-factor/codes/",
        codes.ViewRecoveryCodesView.as_view(**below(FACTORS, "Recovery codes")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/codes/new/",
        codes.GenerateRecoveryCodesView.as_view(**below(FACTORS, "New recovery codes")),
        name="mfa_generate_recovery_codes",
    ),
    path("second-factor/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path(
        "second-factor/passkeys/add/",
        webauthn.AddWebAuthnView.as_view(**below(FACTORS, "Add passkey")),
        name="mfa_add_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/remove/",
        webauthn.RemoveWebAuthnView.as_view(**below(FACTORS, "Remove passkey")),
        name="mfa_remove_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/edit/",
        webauthn.EditWebAuthnView.as_view(**below(FACTORS, "Rename passkey")),
        name="mfa_edit_webauthn",
    ),
    path("second-factor/passkeys/sign-in/", own_sign_in.passkey_sign_in, name="mfa_login_webauthn"),
    path("provider/", own_sign_in.provider_cancelled, name="socialaccount_login_cancelled"),
    path("provider/<slug:provider_id>/", provider.login, name="openid_connect_login"),
    path("provider/<slug:provider_id>/callback/", provider.callback, name="openid_connect_callback"),
]
