"""Second factors of users in tests: codes of an authenticator app, and passkeys as a browser would register them."""

import json
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from ecsdash.access.models import User

PERIOD = 30


def add_app(user: User) -> str:
    """Give the user an authenticator app. Return its key."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def add_recovery_codes(user: User) -> list[str]:
    return list(RecoveryCodes.activate(user).get_unused_codes())


def code(secret: str, *, at: float | None = None) -> str:
    """Return the code that an app with this key shows."""
    return str(format_hotp_value(hotp_value(secret, int(at or time.time()) // PERIOD)))


def add_passkey(user: User, name: str = "Passkey") -> Authenticator:
    key: ES256 = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())  # type: ignore[no-untyped-call]
    identifier = bytes(range(16))
    credential = AttestedCredentialData.create(bytes(16), identifier, key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    attested = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, credential), {})
    client = json.dumps({"type": "webauthn.create", "challenge": "", "origin": "http://localhost"}).encode()
    response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(bytes(attested))}
    registered: dict[str, Any] = {
        "type": "public-key", "id": websafe_encode(identifier), "rawId": websafe_encode(identifier),
        "response": response,
    }  # fmt: skip
    data = {"name": name, "credential": registered}
    passkey: Authenticator = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    return passkey
