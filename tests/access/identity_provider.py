"""A real OpenID Connect provider in a thread of the test process, and the settings that use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urljoin

import requests
from django.test import Client
from pytest_django import Settings

CLAIM: Final = "groups"
LOGIN: Final = "/account/provider/sso/"


class IdentityProvider:
    """The provider and its people. `address` is that of its discovery document."""

    def __init__(self, port: int) -> None:
        self.address = f"http://localhost:{port}"

    def person(self, subject: str, **claims: Any) -> None:
        """Create or replace a person. The claims are those of the ID token and of the user information."""
        body = {"preferred_username": subject, **claims}
        requests.put(f"{self.address}/users/{subject}", json=body, timeout=10).raise_for_status()

    def sign_in(self, client: Client, subject: str, **form: str) -> Any:
        """Sign a person in at the provider. Return the dashboard's response to what the provider said."""
        begun = client.post(LOGIN, form)
        answer = requests.post(begun["Location"], data={"sub": subject}, allow_redirects=False, timeout=10)
        back = urljoin("http://testserver", answer.headers["Location"])
        return client.get(back.removeprefix("http://testserver"))


@contextmanager
def running() -> Iterator[IdentityProvider]:
    from oidc_provider_mock import run_server_in_thread  # here: every process of a run would wait for the import

    with run_server_in_thread() as server:
        yield IdentityProvider(server.server_port)


def configure(settings: Settings, provider: IdentityProvider, *, local: bool = True) -> None:
    """Use the provider as ECSDASH_OIDC_SERVER would."""
    settings.OIDC_SERVER = provider.address
    settings.OIDC_NAME = "Example SSO"
    settings.LOCAL_SIGN_IN = local
    app = {"provider_id": "sso", "name": "Example SSO", "client_id": "ecsdash", "secret": "not-checked",
           "settings": {"server_url": provider.address}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid", "profile", "email"], "APPS": [app]}
    }
