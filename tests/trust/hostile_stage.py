"""Every page of the product with one of everything, and the sending of hostile requests to it.

`python -m tests.trust.hostile_stage` sends those of the query parameters and addresses to the lists, on a database of
its own, and prints the faults as JSON.
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
from tests.cast import gather
from tests.trust import hostile
from tests.trust.hostile import Ask, Page


def _first(name: str) -> Expect:
    row = EXPECTATIONS[name]
    return row[0] if isinstance(row, list) else row


READ = [name for name in EXPECTATIONS if _first(name).method == "get" and name != "readyz"]  # whose 503 is meant
WRITTEN = [name for name in EXPECTATIONS if _first(name).method == "post" or name.startswith(("actions:", "account_"))]
WRITTEN += ["inventory:new_account", "inventory:account", "access:new_grant", "access:new_user", "access:teams"]


@dataclass
class HostileStage:
    stage: Stage

    @classmethod
    @contextmanager
    def prepared(cls) -> Iterator["HostileStage"]:
        """Inside a transaction that is taken back."""
        noted = [*settings.MIDDLEWARE, f"{hostile.__name__}.note_parameters"]
        static = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        storages = {**settings.STORAGES, **static}  # no page needs the gathered files
        with override_settings(DEMO=True, MIDDLEWARE=noted, STORAGES=storages), transaction.atomic():
            cast = gather()
            yield cls(Stage(build(cast), {"admin": signed_in(cast, "admin"), "anonymous": Client()}))
            transaction.set_rollback(True)

    def client(self, name: str) -> Client:
        return self.stage.clients["anonymous" if name == "account_login" else "admin"]

    def page(self, name: str) -> Page:
        path, expected = address(name, _first(name), self.stage), _first(name)
        if expected.method == "post":
            return Page(path, (), frozenset(), (), {"next": "", **dict.fromkeys(expected.data, "")})
        return hostile.look_at(self.client(name), path, _fields(name))

    def faults(self, name: str, asks: Iterable[Ask]) -> list[str]:
        """The requests that the product could not answer, with what went wrong. What they changed is taken back."""
        client = self.client(name)
        return [f"{ask.path}: {ask.what}: {wrong}" for ask in asks if (wrong := fault(client, ask))]


def _fields(name: str) -> list[str]:
    """What the form of an action may be filled with by the address."""
    action = ACTIONS.get(name.removeprefix("actions:"))
    return [*action.form_class.base_fields, *action.form_class.groups, "draft"] if action else []


def fault(client: Client, ask: Ask) -> str:
    """Empty when the answer is a page, a redirect, or an error of whoever asked."""
    headers = dict(ask.headers)
    if ask.cookie:
        headers["Cookie"] = ask.cookie.encode().decode("latin-1")  # as WSGI has it
    kept = SimpleCookie(client.cookies)
    try:
        with transaction.atomic():
            if ask.body is None:
                answer: Any = client.get(ask.path, QUERY_STRING=ask.query, headers=headers)
            else:
                answer = client.post(ask.path, ask.body, headers=headers)
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
    call_command("migrate", verbosity=0)
    found: list[str] = []
    with HostileStage.prepared() as stage:
        for number, name in enumerate(READ):
            page = stage.page(name)
            if "q" in page.asked:
                found += stage.faults(name, hostile.of_parameters(page, number))
                found += stage.faults(name, hostile.of_addresses(page, number, of=8))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
