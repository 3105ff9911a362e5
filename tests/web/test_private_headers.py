"""Headers of every response: nothing is stored, no device is used; cookies of one host."""

import pytest
from django.test import Client

from ecsdash.access.models import User


@pytest.mark.parametrize(
    "address",
    ["/", "/settings/", "/audit/", "/audit/export/?format=csv", "/settings/users/?format=csv", "/healthz", "/nothing/",
     "/account/login/"],
)  # fmt: skip
def test_nothing_is_stored_and_no_device_is_used(admin: User, client: Client, address: str) -> None:
    client.force_login(admin)
    answer = client.get(address)
    assert answer["Cache-Control"] == "no-store"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
