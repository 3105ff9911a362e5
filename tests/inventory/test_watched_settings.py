"""Settings pages and plan reviews are polled without Django and show changes."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Role
from ecsdash.aws.errors import AccessDenied
from ecsdash.inventory.accounts import connection_test
from ecsdash.inventory.events import intake, reader
from ecsdash.inventory.models import Account, EventFeed, FeedProgress
from ecsdash.operations import hooks
from ecsdash.operations.drafts import run_live_checks
from ecsdash.operations.models import Draft
from ecsdash.operations.plan import Check, Level, LiveCheck, Step
from ecsdash.web.polling.tickets import LONGEST_SECONDS
from tests.live_tab import Tab, cookies_of, middleware
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm
from tests.users import REGION, make_account

STEP = Step("make", "Make things", "ecs.create_cluster", {"clusterName": "things"})


@dataclass
class World:
    """An account whose connection is being tested, its feed, and a plan with two live checks that nobody has run."""

    account: Account
    admin: User
    feed: EventFeed
    draft: Draft

    def test_connection(self) -> None:
        connection_test.run(self.account.pk)

    def tell(self) -> None:
        intake.apply_batch(self.feed, [intake.Message("m1", "r1", json.dumps({"no": "event of ours"}))])

    def check(self) -> None:
        run_live_checks(self.draft.pk)

    def operate(self) -> None:
        confirm(draft_of(self.account, User.objects.create_superuser("another"), STEP))

    def fail_to_read(self) -> None:
        reader.Reader(self.feed, threading.Event()).attempt()


@pytest.fixture
def world(admin: User, monkeypatch: pytest.MonkeyPatch) -> World:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    feed = EventFeed.objects.create(
        account=account, region=REGION, arn="arn:rule", name="ecsdash-events", connected=True, queue_url="https://sqs/q",
        observed_at=timezone.now(),
    )  # fmt: skip
    FeedProgress.objects.create(feed=feed, polled_at=timezone.now())
    connection_test.request(account)
    monkeypatch.setattr(Account, "writer", lambda self, region, user: ScriptedAws())
    monkeypatch.setattr(connection_test, "_principal", refuse)
    monkeypatch.setattr(reader.Reader, "receive", refuse)
    monkeypatch.setitem(hooks.LIVE_CHECKS, "image", lambda aws: Check(Level.OK, "Image", "It is there"))
    checks = (LiveCheck("image", "Image"), LiveCheck("role", "Role"))
    return World(account, admin, feed, draft_of(account, admin, STEP, live_checks=checks))


def refuse(*_: Any) -> None:
    raise AccessDenied("AccessDenied", "the role is refused")


@dataclass(frozen=True)
class Watched:
    """A page, a change, and the text that the page shows afterwards."""

    path: str
    happens: Callable[[World], object]
    says: str


FEEDS, FEED = "/settings/events/?fragment=feeds", f"/demo/{REGION}/events/?fragment=feed"
WATCHED = {
    "the feeds, a message": Watched(FEEDS, World.tell, '<b class="text-bad">1</b>'),
    "the feeds, a queue that refuses": Watched(FEEDS, World.fail_to_read, "Failing"),
    "one feed, a message": Watched(FEED, World.tell, "Message"),
    "one feed, a queue that refuses": Watched(FEED, World.fail_to_read, "the role is refused"),
    "a connection test": Watched(
        "/settings/accounts/demo/connection/?fragment=connection", World.test_connection, "the role is refused"
    ),
    "a plan, its live checks": Watched("draft", World.check, "It is there"),
    "a plan, another operation": Watched("draft", World.operate, "Another operation"),
}


@pytest.fixture(params=WATCHED, ids=lambda name: name.replace(" ", "_"))
def watched(request: pytest.FixtureRequest, world: World) -> Watched:
    found = WATCHED[request.param]
    return replace(found, path=found.path.replace("draft", f"/plans/{world.draft.pk}/?fragment=review"))


@pytest.fixture
def tab(world: World, watched: Watched) -> Tab:
    return Tab(middleware(), world.admin, watched.path)


def test_unchanged_it_is_polled_without_a_query(tab: Tab, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert [tab.poll() for _ in range(3)] == [(304, "")] * 3


def test_what_happens_is_shown(tab: Tab, world: World, watched: Watched) -> None:
    watched.happens(world)
    tab.read_counters()
    status, body = tab.poll()
    assert (status, watched.says in body) == (200, True), body


def test_who_lost_the_right_is_not_shown_what_happens(tab: Tab, world: World, watched: Watched) -> None:
    Grant.objects.filter(user=world.admin).delete()
    tab.middleware.listener.access_changed_at = time.time()  # as the deletion tells every process
    watched.happens(world)
    tab.read_counters()
    assert watched.says not in tab.poll()[1]


def test_a_feed_that_is_not_read_any_more_is_seen_when_the_pass_runs_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = Tab(middleware(), world.admin, FEEDS)
    FeedProgress.objects.update(polled_at=timezone.now() - timedelta(minutes=2))
    assert tab.poll() == (304, "")
    later = time.time() + LONGEST_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    status, body = tab.poll()
    assert (status, "Not read" in body) == (200, True)


def test_another_persons_plan_is_not_found_though_the_rights_are_the_same(world: World) -> None:
    path, one_lane = f"/plans/{world.draft.pk}/?fragment=review", middleware()
    own, curious = Tab(one_lane, world.admin, path), Tab(one_lane, world.admin, path)
    other = User.objects.create_user("other")
    Grant.objects.create(user=other, role=Role.ADMIN)
    curious.cookies = cookies_of(other)
    world.check()
    own.read_counters()
    assert own.poll()[0] == 200
    assert curious.poll()[0] == 404
