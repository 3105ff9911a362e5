"""What is polled every few seconds by everybody costs nothing until it changes: the pages of all apps, one by one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clusters.models import Cluster
from ecsdash.access.models import Grant, User
from ecsdash.access.policy import fingerprint
from ecsdash.audit.record import record
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps import registry, run
from ecsdash.operations import control, hooks, runner
from ecsdash.operations.hooks import Progress
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Step
from ecsdash.web.polling.tickets import LONGEST_SECONDS, VIEW_SECONDS
from services import jobs
from services.models import Service, Task, TaskDefinition
from services.selectors.log_searches import Wanted
from services.selectors.metric_series import Wanted as WantedMetrics
from services.selectors.metric_series import Window
from services.sync import log_searches, logs, metrics
from services.sync.log_sources import Selection
from services.sync.metric_sources import Subject
from tests.live_tab import Tab, middleware
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm
from tests.services.definitions import container, fargate
from tests.services.simulated_tasks import LOGS
from tests.users import Users, make_account

REGION = "eu-central-1"
HERE = f"/demo/{REGION}/"


@dataclass
class World:
    """One service with one task, one operation that has not begun, and sweeps of services that fail."""

    account: Account
    user: User
    aws: Any
    seen: list[str] = field(default_factory=lambda: ["1 of 3 things"])

    def __post_init__(self) -> None:
        place = {"account": self.account, "region": REGION, "observed_at": timezone.now()}
        Cluster.objects.create(**place, arn="arn:cluster/shop", name="shop", status="ACTIVE")
        self.service = Service.objects.create(
            **place, arn="arn:service/web", name="web", cluster_name="shop", status="ACTIVE"
        )
        described = fargate(container("app", "shop/web:1", logConfiguration=LOGS), family="web")
        TaskDefinition.objects.create(
            **place, arn="arn:web:1", name="web:1", family="web", revision=1, status="ACTIVE", description=described
        )
        self.task = Task.objects.create(
            **place, arn="arn:task/t1", name="t1", cluster_name="shop", service_name="web", family="web", revision=1,
            task_definition_arn="arn:web:1", last_status="RUNNING", desired_status="RUNNING",
        )  # fmt: skip
        step = Step("make", "Make things", "ecs.create_cluster", {"clusterName": "things"}, until="things_there")
        self.operation = confirm(draft_of(self.account, self.user, step))
        for _ in range(run.FAILING - 1):
            self.sweep_in_vain()

    def operate(self) -> None:
        step = Step("make", "Make", "ecs.create_cluster", {"clusterName": "more"})
        confirm(draft_of(self.account, self.user, step, key="arn:other"))

    def go_on(self) -> None:
        """The next turn of the operation."""
        Operation.objects.update(next_check_at=None)
        runner.run(self.operation.pk)

    def write(self, line: str) -> None:
        self.aws.replies["logs.get_log_events"] = [{"events": [{"timestamp": 1, "message": line}]}]
        logs.fetch(self.task)

    def write_to_search(self, line: str) -> None:
        event = {"eventId": "1", "timestamp": 1, "message": line, "logStreamName": "ecs/app/t1"}
        self.aws.replies["logs.filter_log_events"] = [{"events": [event]}]
        wanted = Wanted(Scope(self.account, REGION), Selection("shop", "web"), start=0, end=None, back=900)
        log_searches.read(log_searches.begin(**wanted.as_job()))

    def measure(self) -> None:
        wanted = WantedMetrics(Scope(self.account, REGION), Subject("shop", "web"), Window.last(10_800, timezone.now()))
        at = datetime.fromtimestamp(wanted.window.start, UTC)
        self.aws.collect = lambda *args, **kwargs: [{"Id": "m0", "Timestamps": [at], "Values": [42.5]}]
        metrics.fetch(**wanted.as_job())

    def sweep_in_vain(self) -> None:
        run.sweep_now(Scope(self.account, REGION), "services")


@pytest.fixture
def world(users: Users, monkeypatch: pytest.MonkeyPatch) -> World:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])
    aws, silent = ScriptedAws(), SimpleNamespace(delay=lambda *args: None, apply_async=lambda *args, **kwargs: None)
    monkeypatch.setattr(Account, "reader", lambda self, region: aws)
    monkeypatch.setattr(Account, "writer", lambda self, region, user: aws)
    monkeypatch.setattr(jobs, "fetch_logs", silent)
    monkeypatch.setattr(jobs, "fetch_metrics", silent)
    monkeypatch.setattr(jobs, "follow_lines", silent)

    def refuse(scope: Scope) -> None:
        raise RuntimeError

    monkeypatch.setitem(registry.SWEEPERS, "services", registry.Sweeper("services", refuse, choice=False))
    found = World(account, users.operator, aws)
    monkeypatch.setitem(hooks.CONDITIONS, "things_there", lambda aws: Progress(1, 3, found.seen[-1]))
    return found


@dataclass(frozen=True)
class Watched:
    """What happens, and what the section then says."""

    path: str
    happens: Callable[[World], object]
    says: str


def cancel(world: World) -> None:
    control.cancel(world.operation, by=world.user, source_ip="127.0.0.1", enqueue_run=lambda _: None)


def other_things(world: World) -> None:
    world.go_on()
    world.seen.append("2 of 3 things")
    world.go_on()


WATCHED = {
    "the pill of running operations": Watched("/operations/running/", World.operate, '<span class="num">2</span>'),
    "the overview, an operation": Watched("/?fragment=overview", World.go_on, "Waiting"),
    "the overview, AWS that does not respond": Watched(
        "/?fragment=overview", World.sweep_in_vain, "Inventory refresh failed"
    ),
    "the overview of a cluster": Watched(f"{HERE}clusters/shop/?fragment=overview", World.go_on, "Waiting"),
    "the list of operations": Watched("/operations/?fragment=operations", World.go_on, "Waiting"),
    "an operation that waits": Watched("operation", World.go_on, "1 of 3 things"),
    "an operation that gets on": Watched("operation", other_things, "2 of 3 things"),
    "an operation that somebody cancels": Watched("operation", cancel, "cancellation requested by operator"),
    "the logs of a service": Watched(
        f"{HERE}services/shop/web/logs/?fragment=lines", lambda world: world.write_to_search("hello"), "hello"
    ),
    "the logs of a task": Watched(f"{HERE}tasks/t1/?fragment=logs", lambda world: world.write("hello"), "hello"),
    "metrics": Watched(f"{HERE}services/shop/web/metrics/?fragment=metrics", World.measure, "42.5"),
    "the audit trail": Watched(
        "/audit/?fragment=audit",
        lambda world: record(actor=world.user, action="deploy", account="demo", region=REGION, resource_name="api"),
        "api",
    ),
}


@pytest.fixture(params=WATCHED, ids=lambda name: name.replace(" ", "_"))
def watched(request: pytest.FixtureRequest) -> Watched:
    return WATCHED[request.param]


@pytest.fixture
def tab(world: World, watched: Watched) -> Tab:
    path = watched.path.replace("operation", f"/operations/{world.operation.pk}/?fragment=progress", 1)
    return Tab(middleware(), world.user, watched.path if "/" in watched.path else path)


def test_unchanged_it_is_polled_without_a_query(tab: Tab, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert [tab.poll() for _ in range(3)] == [(304, "")] * 3


def test_what_happens_is_shown(tab: Tab, world: World, watched: Watched) -> None:
    watched.happens(world)
    tab.read_counters()
    status, body = tab.poll()
    assert (status, watched.says in body) == (200, True), body


def test_who_lost_the_right_is_not_shown_what_happens(tab: Tab, world: World, watched: Watched) -> None:
    Grant.objects.filter(user=world.user).delete()
    tab.middleware.listener.access_changed_at = time.time()  # as the deletion tells every process
    watched.happens(world)
    tab.read_counters()
    assert watched.says not in tab.poll()[1]


@pytest.mark.parametrize(
    ("path", "comes"), [(f"{HERE}services/shop/web/metrics/?fragment=metrics", True), ("/operations/running/", False)]
)
def test_only_a_page_that_hints_a_job_comes_to_django_when_its_pass_runs_out(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, comes: bool
) -> None:
    tab = Tab(middleware(), world.user, path)
    grants = fingerprint(world.user)
    tab.middleware.fingerprint_of = lambda session: grants
    later = time.time() + LONGEST_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    with CaptureQueriesContext(connection) as queries:
        assert tab.poll() == (304, "")
    assert bool(queries.captured_queries) is comes


def test_what_is_not_of_late_any_more_leaves_the_overview_though_nothing_moves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = {"service_name": "", "stop_code": "TaskFailedToStart", "stopped_reason": "no such image"}
    Task.objects.update(**why, stopped_at=timezone.now() - timedelta(minutes=59))
    tab = Tab(middleware(), world.user, "/?fragment=overview")
    Task.objects.update(stopped_at=timezone.now() - timedelta(minutes=64))
    assert tab.poll() == (304, "")
    later = time.time() + VIEW_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    status, body = tab.poll()
    assert (status, "no such image" in body) == (200, False)


def test_an_operation_that_only_waits_on_is_not_drawn_again(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.go_on()
    tab = Tab(middleware(), world.user, f"/operations/{world.operation.pk}/?fragment=progress")
    world.go_on()
    tab.read_counters()
    with django_assert_num_queries(0):
        assert tab.poll() == (304, "")


def test_lines_that_are_read_again_are_no_news(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    world.write("hello")
    tab = Tab(middleware(), world.user, f"{HERE}tasks/t1/?fragment=logs")
    world.write("hello")
    tab.read_counters()
    with django_assert_num_queries(0):
        assert tab.poll() == (304, "")
