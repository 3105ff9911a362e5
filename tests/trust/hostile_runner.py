"""Sends hostile requests to every page of the product, in an inventory with one resource of each kind.

`python -m tests.trust.hostile_runner` sends hostile query parameters and paths to the lists, on its own database, and
prints the faults as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.test.utils import setup_test_environment

if __name__ == "__main__":
    django.setup()

from ecsdash.operations.actions import ACTIONS
from tests.access.expectations import EXPECTATIONS, Expect
from tests.access.test_url_matrix import Stage, address, signed_in
from tests.access.world import build
from tests.trust import hostile_requests
from tests.trust.hostile_requests import HostileRequest, Page
from tests.users import create_users


def _first(name: str) -> Expect:
    row = EXPECTATIONS[name]
    return row[0] if isinstance(row, list) else row


PAGES = [name for name in EXPECTATIONS if _first(name).method == "get" and name != "readyz"]  # its 503 is intended
FORMS = [name for name in EXPECTATIONS if _first(name).method == "post" or name.startswith(("actions:", "account_"))]
FORMS += ["inventory:new_account", "inventory:account", "access:new_grant", "access:new_user", "access:teams"]
FORMS += ["mfa_add_webauthn", "mfa_reauthenticate_webauthn", "access:sign_in", "access:take_break_glass"]


@dataclass
class HostileRunner:
    inventory: Stage

    @classmethod
    @contextmanager
    def prepared(cls) -> Iterator["HostileRunner"]:
        """Prepare the inventory in a transaction that is rolled back."""
        noted = [*settings.MIDDLEWARE, f"{hostile_requests.__name__}.note_parameters"]
        static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        storages = {**settings.STORAGES, **static}  # no page needs the collected files
        with override_settings(DEMO=True, MIDDLEWARE=noted, STORAGES=storages), transaction.atomic():
            users = create_users()
            yield cls(Stage(build(users), {"admin": signed_in(users, "admin"), "anonymous": Client()}))
            transaction.set_rollback(True)

    def client(self, name: str) -> Client:
        return self.inventory.clients["anonymous" if name == "account_login" else "admin"]

    def page(self, name: str) -> Page:
        path, expected = address(name, _first(name), self.inventory), _first(name)
        if expected.method == "post":
            return Page(path, (), frozenset(), (), {"next": "", **dict.fromkeys(expected.data, "")})
        ends = {404} if expected.public else {200, 302, 409}  # 404: the token of a sign-in link is wrong
        return hostile_requests.load(self.client(name), path, _fields(name), ends)

    def faults(self, name: str, requests: Iterable[HostileRequest]) -> list[str]:
        """Send the requests. Return those that failed, with the error. Their changes are rolled back."""
        client = self.client(name)
        return [f"{request.path}: {request.what}: {wrong}" for request in requests if (wrong := fault(client, request))]


def _fields(name: str) -> list[str]:
    """Return the names of the form fields that an action reads from the query."""
    action = ACTIONS.get(name.removeprefix("actions:"))
    return [*action.form_class.base_fields, *action.form_class.groups, "draft"] if action else []


def fault(client: Client, request: HostileRequest) -> str:
    """Send a request. Return the error; empty for a page, a redirect or a client error (4xx)."""
    headers = dict(request.headers)
    if request.cookie:
        headers["Cookie"] = request.cookie.encode().decode("latin-1")  # as in WSGI
    kept = SimpleCookie(client.cookies)
    try:
        with transaction.atomic():
            if request.body is None:
                answer: Any = client.get(request.path, QUERY_STRING=request.query, headers=headers)
            else:
                answer = client.post(request.path, request.body, headers=headers)
            if answer.streaming:
                b"".join(answer)
            transaction.set_rollback(True)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        client.cookies = kept
    return f"status {answer.status_code}" if answer.status_code >= 500 else ""


def main() -> None:
    setup_test_environment()
    call_command("migrate", run_syncdb=True, verbosity=0)
    found: list[str] = []
    with HostileRunner.prepared() as runner:
        for number, name in enumerate(PAGES):
            page = runner.page(name)
            if "q" in page.asked:
                found += runner.faults(name, hostile_requests.in_parameters(page, number, turns=2))
                found += runner.faults(name, hostile_requests.in_addresses(page, number, of=16))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
