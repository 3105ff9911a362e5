"""Change counters: the row is authoritative, and its value is published after the commit."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis.client import PubSub

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.access.permissions import Role
from ecsdash.inventory import changes
from ecsdash.inventory.models import ChangeCounter, SweepState
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import registry, run
from ecsdash.web.polling import pubsub
from ecsdash.web.polling.counters import Counters
from ecsdash.web.polling.listener import Listener
from ecsdash.web.polling.tickets import session_digest
from tests.processes import until
from tests.users import Users, make_account

pytestmark = pytest.mark.django_db
REGION = "eu-central-1"


@pytest.fixture
def scope() -> Scope:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    return Scope(account, REGION)


@pytest.fixture
def told() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Return the values published since the last call."""
    client = pubsub.connect()
    with PubSub(client.connection_pool, ignore_subscribe_messages=True) as words:
        words.subscribe(pubsub.channel(client))
        words.get_message(timeout=5)

        def since() -> list[dict[str, Any]]:
            client.publish(pubsub.channel(client), '"that is all"')
            found: list[dict[str, Any]] = []
            while True:
                message = words.get_message(timeout=5)
                text = json.loads(message["data"]) if message else None
                if text == "that is all":
                    return found
                if text is not None:
                    found.append(text)

        yield since


def test_a_bump_is_told_with_its_value_and_only_after_the_commit(
    scope: Scope,
    told: Callable[[], list[dict[str, Any]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    changes.bump(scope.account, REGION, "services")
    with django_capture_on_commit_callbacks() as waiting:
        changes.bump(scope.account, REGION, "services")
    assert told() == []
    for tell in waiting:
        tell()
    assert told() == [{"counters": {f"{scope.account.pk}.{REGION}.services": 2}}]
    assert ChangeCounter.objects.get().value == 2


def test_a_version_holds_the_counters_that_it_is_made_of(scope: Scope) -> None:
    changes.bump(scope.account, REGION, "services")
    name = f"{scope.account.pk}.{REGION}"
    version = changes.version_of(scope, "services", "tasks")
    assert version.counters == ((f"{name}.services", 1), (f"{name}.tasks", 0))
    assert changes.version_of([scope, Scope(scope.account, "us-east-1")], "tasks") != version


def test_a_page_hears_when_aws_ceases_to_answer_and_when_it_begins_again(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(scope: Scope) -> None:
        raise RuntimeError

    answers = registry.Sweeper("services", lambda scope: None, choice=False)
    seen = [changes.version_of(scope, "services")]
    for sweep in (answers.sweep, answers.sweep, refuse, refuse, answers.sweep):
        monkeypatch.setitem(registry.SWEEPERS, "services", registry.Sweeper("services", sweep, choice=False))
        run.sweep_now(scope, "services")
        seen.append(changes.version_of(scope, "services"))
    moved = [before != after for before, after in pairwise(seen)]
    assert moved == [True, False, True, False, True]
    assert SweepState.objects.get().error_code == ""


ACCESS: dict[str, Callable[[Users], Any]] = {
    "a grant is made": lambda users: Grant.objects.create(user=users.outsider, role=Role.VIEWER),
    "a grant is revoked": lambda users: users.viewer.grants.get().delete(),
    "a member leaves": lambda users: Membership.objects.get(user=users.deployer).delete(),
    "a team is deleted": lambda users: Team.objects.get(name="shop").delete(),
    "a user is deactivated": lambda users: User(pk=users.viewer.pk, is_active=False).save(update_fields=["is_active"]),
    "a password is changed": lambda users: users.viewer.save(),
    "an account is disabled": lambda users: make_account("new", account_id="1" * 12, enabled=False),
}


@pytest.mark.parametrize("change", ACCESS)
def test_web_processes_are_told_when(
    change: str,
    users: Users,
    told: Callable[[], list[dict[str, Any]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ACCESS[change](users)
    assert {"access": True} in told()


def test_signing_in_is_no_change_of_access_and_signing_out_ends_one_session(
    users: Users,
    told: Callable[[], list[dict[str, Any]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    client: Client,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.force_login(users.viewer)
    assert told() == []
    session = client.cookies["sessionid"].value
    with django_capture_on_commit_callbacks(execute=True):
        client.logout()
    assert told() == [{"session": session_digest(session)}, {"counters": {"audit": 1}}]
    assert session not in session_digest(session)


def test_a_listener_hears_the_news_and_reads_what_it_missed() -> None:
    over = threading.Event()

    def read(names: Any) -> dict[str, int]:
        if over.is_set():
            raise TimeoutError
        return dict.fromkeys(names, 4)

    listener = Listener(Counters(), read)
    listener.counters.update({"1.eu.services": 1})

    def listen() -> None:
        with suppress(TimeoutError):
            listener.listen()

    threading.Thread(target=listen, daemon=True).start()
    until(lambda: listener.counters.trusted, 10)
    assert listener.counters.unchanged([("1.eu.services", 4)])
    before = listener.access_changed_at
    pubsub.publish_counters({"1.eu.services": 5})
    pubsub.publish_access_change()
    pubsub.publish_session_end("ab")
    until(lambda: "ab" in listener.ended_sessions, 10)
    assert listener.counters.unchanged([("1.eu.services", 5)])
    assert listener.access_changed_at > before
    over.set()
