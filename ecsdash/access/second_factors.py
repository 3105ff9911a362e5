"""Second factors: who must have one, and how django-allauth stores them."""

import base64
from secrets import token_bytes
from typing import Any, Final

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.contrib.auth.base_user import AbstractBaseUser

from ecsdash.access.encryption import decrypt, encrypt
from ecsdash.access.models import SignInPolicy, User
from ecsdash.access.permissions import Role
from ecsdash.access.policy import effective_grants

PURPOSE: Final = b"ecsdash encryption of second factors"
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes replace one of these
NAMES: Final = {
    Authenticator.Type.TOTP: "Authenticator app",
    Authenticator.Type.WEBAUTHN: "Passkey",
    Authenticator.Type.RECOVERY_CODES: "Recovery codes",
}
log = structlog.get_logger(__name__)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticator apps and recovery codes in the database."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; one that no code fits if its key is no longer in the environment."""
        try:
            return decrypt(encrypted_text, PURPOSE)
        except InvalidToken:
            log.error("encryption_key_missing", setting="ECSDASH_ENCRYPTION_KEYS")
            return base64.b32encode(token_bytes(20)).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002 allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"


def policy_role() -> str:
    """Return the role from which on users must have a second factor, "" when nobody must."""
    return SignInPolicy.objects.values_list("role", flat=True).first() or ""


def second_factors_of(user: User) -> list[str]:
    """Return the names of the user's second factors, each kind once."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return [name for type_, name in NAMES.items() if type_ in types]


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def must_add_second_factor(user: User) -> bool:
    """Return whether the user has none and the policy wants one from a role that the user has somewhere."""
    role = policy_role()
    return bool(role) and _has_role(user, role) and not has_second_factor(user)


def _has_role(user: User, least: str) -> bool:
    roles = list(Role.values)
    return any(roles.index(grant.role) >= roles.index(least) for grant in effective_grants(user))
