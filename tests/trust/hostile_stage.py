"""Every page of the product with one of everything, and the sending of hostile requests to it.

`python -m tests.trust.hostile_stage` sends those of the query parameters and addresses on a database of its own, and
prints the faults as JSON.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

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


#: 503 is what `readyz` is for.
ROUTES_READ = [name for name in EXPECTATIONS if _first(name).method == "get" and name != "readyz"]
ROUTES_WRITTEN = [name for name in EXPECTATIONS if name not in ("readyz", "healthz")]


@dataclass
class HostileStage:
    stage: Stage

    @classmethod
    @contextmanager
    def prepared(cls) -> Iterator["HostileStage"]:
        """Inside a transaction that is taken back."""
        noted = [*settings.MIDDLEWARE, f"{hostile.__name__}.note_parameters"]
        with override_settings(DEMO=True, MIDDLEWARE=noted), transaction.atomic():
            cast = gather()
            yield cls(Stage(build(cast), {"admin": signed_in(cast, "admin"), "anonymous": Client()}))
            transaction.set_rollback(True)

    def client(self, name: str) -> Client:
        return self.stage.clients["anonymous" if name == "account_login" else "admin"]

    def page(self, name: str) -> Page:
        path, expected = address(name, _first(name), self.stage), _first(name)
        if expected.method == "post":
            return Page(path, tuple(hostile.ALWAYS), (), {"next": "", **dict.fromkeys(expected.data, "")})
        return hostile.look_at(self.client(name), path, _fields(name))
    def words(self, name: str) -> list[str]:
        return [str(value) for value in self.stage.world.values()]

    def faults(self, asks: Iterable[Ask]) -> list[str]:
        """The requests that the product could not answer, each with what went wrong. What they changed is taken back."""
        return [f"{ask.path}: {ask.what}: {wrong}" for ask in asks if (wrong := fault(self.stage.clients["admin"], ask))]


def _fields(name: str) -> list[str]:
    """What the form of an action may be filled with by the address."""
    action = ACTIONS.get(name.removeprefix("actions:"))
    return [*action.form_class.base_fields, *action.form_class.groups] if action else []


def fault(client: Client, ask: Ask) -> str:
    """Empty when the answer is a page, a redirect, or an error of whoever asked."""
    headers = dict(ask.headers)
    if ask.cookie:
        headers["Cookie"] = ask.cookie
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
    return f"status {answer.status_code}" if answer.status_code >= 500 else ""
