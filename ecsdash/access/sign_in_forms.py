"""Forms of django-allauth with labels in sentence case and without placeholders that repeat them."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError
from django.forms import Form, HiddenInput, JSONField
from django.forms.fields import InvalidJSONInput


class LoginForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel(self, {"remember": "Remember me"})


class ChangePasswordForm(forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": "Current password", "password1": "New password", "password2": "Confirm new password"}
        relabel(self, labels)


class PasswordAgainForm(forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel(self, {})


@contextmanager
def refusing_unreadable() -> Iterator[None]:
    """Turn what the parsers raise for data that no browser sends into an error of the form."""
    try:
        yield
    except ValidationError:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ValidationError("The answer of the passkey could not be read. Try again.") from error


class CredentialField(JSONField):
    """The answer of a passkey. JSON that Python refuses for its size or depth is an error of the form too."""

    def to_python(self, value: Any) -> Any:
        with refusing_unreadable():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class PasskeySignInForm(LoginWebAuthnForm):
    credential = CredentialField(widget=HiddenInput)

    def clean_credential(self) -> Any:
        with refusing_unreadable():
            return super().clean_credential()


class PasskeyAfterPasswordForm(AuthenticateWebAuthnForm):
    credential = CredentialField(widget=HiddenInput)

    def clean_credential(self) -> Any:
        with refusing_unreadable():
            return super().clean_credential()


class PasskeyAgainForm(ReauthenticateWebAuthnForm):
    credential = CredentialField(widget=HiddenInput)

    def clean_credential(self) -> Any:
        with refusing_unreadable():
            return super().clean_credential()


class PasskeyForm(AddWebAuthnForm):
    credential = CredentialField(widget=HiddenInput)

    def clean(self) -> dict[str, Any]:
        with refusing_unreadable():
            cleaned: dict[str, Any] = super().clean()
        return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if alone := self.fields.get("passwordless"):
            alone.label = "Sign in with this passkey alone"
            alone.help_text = "No username and password: your device asks for a PIN or your fingerprint instead."


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel(self, {"code": "Code of your authenticator app, or a recovery code"})


class CodeAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel(self, {"code": "Code of your authenticator app, or a recovery code"})


class ActivateCodesForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relabel(self, {"code": "Code that the app shows"})


def relabel(form: Form, labels: dict[str, str]) -> None:
    """Set the labels of fields and remove all placeholders."""
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.widget.attrs.pop("placeholder", None)
