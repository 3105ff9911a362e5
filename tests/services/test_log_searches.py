"""Log lines of a service and of a task: merged, filtered, followed, by time, with what other drivers have."""

import time
from typing import Any

import pytest
from django.test import Client

from ecsdash.access.models import User
from services import jobs
from services.models import LogSearch, Task
from services.selectors import log_lines
from services.sync import log_searches
from tests.services.simulated_tasks import LOGS, SimulatedTasks

SERVICE = "/demo/eu-central-1/services/shop/web-front/logs/"


class Logs:
    """The Logs tab of a service with two tasks, and the job that reads what it asks for."""

    def __init__(self, stage: SimulatedTasks, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.client = stage, client
        self.wanted: dict[str, Any] = {}
        monkeypatch.setattr(jobs, "request_lines", self._requested)
        stage.client("ecs").create_service(
            cluster="shop", serviceName="web-front", taskDefinition="web-front", desiredCount=2, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": stage.subnets(), "assignPublicIp": "ENABLED"}},
        )  # fmt: skip
        stage.let(60)
        self.tasks = list(Task.objects.order_by("name"))

    def _requested(self, wanted: Any) -> None:
        self.wanted = wanted.as_job()

    def page(self, path: str = SERVICE, **query: Any) -> str:
        """Return the page as it is after the job has read once more."""
        self.client.get(path, query)
        if self.wanted:
            search = log_searches.begin(**self.wanted)
            log_searches.read(search)
            self.wanted = {}
        return self.client.get(path, query).content.decode()

    def now(self) -> float:
        """Return the time of the simulated AWS, which is ahead of ours."""
        return self.stage.sandbox.step(0)

    def write(self, task: Task, *lines: str, at: float = 0) -> None:
        stream = f"ecs/web/{task.name}"
        moment = int((self.now() + at) * 1000)
        events = [{"timestamp": moment + number, "message": line} for number, line in enumerate(lines)]
        self.stage.client("logs").put_log_events(logGroupName="/ecs/web-front", logStreamName=stream, logEvents=events)


@pytest.fixture
def logs(stage: SimulatedTasks, client: Client, admin: User, monkeypatch: pytest.MonkeyPatch) -> Logs:
    client.force_login(admin)
    return Logs(stage, client, monkeypatch)


def shown(text: str) -> list[str]:
    return [part.partition("</div>")[0] for part in text.split('<div class="log-line')[1:]]


def test_the_lines_of_all_tasks_are_merged_by_time(logs: Logs) -> None:
    first, second = logs.tasks
    logs.write(first, "one", at=-30)
    logs.write(second, "two", at=-20)
    logs.write(first, "three", at=-10)
    text = logs.page(q="?one ?two ?three")
    assert [word in line for word, line in zip(["one", "two", "three"], shown(text), strict=True)] == [True] * 3
    assert f'title="Task {first.name}"' in shown(text)[0]
    assert f'title="Task {second.name}"' in shown(text)[1]


def test_new_lines_are_read_as_they_come_and_none_twice(logs: Logs) -> None:
    logs.write(logs.tasks[0], "a line.", at=-6)
    assert "a line." in logs.page()
    logs.write(logs.tasks[0], "late line", at=-7)
    logs.write(logs.tasks[0], "next line")
    text = logs.page()
    assert [text.count(line) for line in ("a line.", "late line", "next line")] == [1, 1, 1]


def test_lines_of_one_millisecond_keep_their_order(logs: Logs) -> None:
    at = int(logs.now() * 1000)
    stream = {"logGroupName": "/ecs/web-front", "logStreamName": f"ecs/web/{logs.tasks[0].name}"}
    events = [{"timestamp": at, "message": f"line {number}."} for number in range(40)]
    logs.stage.client("logs").put_log_events(**stream, logEvents=events)
    text = logs.page(q="line")
    assert [f"line {number}." in line for number, line in enumerate(shown(text))] == [True] * 40


def test_a_filter_pattern_is_cloudwatchs_and_a_wrong_one_is_explained(logs: Logs) -> None:
    logs.write(logs.tasks[0], '{"level": "error", "msg": "no disk"}', '{"level": "info", "msg": "fine"}')
    text = logs.page(q='{ $.level = "error" }')
    assert "no disk" in text
    assert "fine" not in text
    assert "does not accept the filter pattern" in logs.page(q="{ $.level }")


def test_only_one_task_or_one_revision_is_shown(logs: Logs) -> None:
    logs.write(logs.tasks[0], "of the first")
    logs.write(logs.tasks[1], "of the second")
    text = logs.page(task=logs.tasks[0].name)
    assert "of the first" in text
    assert "of the second" not in text
    assert "of the first" in logs.page(revision="web-front:1")
    assert "of the first" not in logs.page(revision="web-front:9")


def test_another_service_in_the_same_group_is_not_read(logs: Logs) -> None:
    logs.stage.client("logs").create_log_stream(logGroupName="/ecs/web-front", logStreamName="ecs/web/" + "f" * 32)
    foreign = Task(name="f" * 32)
    logs.write(foreign, "of somebody else")
    assert "of somebody else" not in logs.page()


def test_json_lines_are_folded_coloured_and_masked(logs: Logs) -> None:
    logs.write(
        logs.tasks[0], '{"level": "error", "msg": "\\u001b[31mno disk\\u001b[0m", "password": "hunter2"}',
        "\x1b[32mgreen\x1b[0m <script>alert(1)</script>",
    )  # fmt: skip
    text = logs.page()
    assert '<span class="ansi-red">no disk</span></summary><pre>{' in text
    assert '<span class="ansi-green">green</span>' in text
    assert "<script>alert" not in text
    assert "hunter2" not in text
    assert "hunter2" not in str(list(LogSearch.objects.get().chunks.values_list("lines", flat=True)))


def test_a_stopped_task_is_shown_from_its_start_to_its_end(logs: Logs) -> None:
    [task, _] = logs.tasks
    logs.write(task, "its last words")
    logs.stage.client("ecs").stop_task(cluster="shop", task=task.name)
    logs.stage.let(180)
    text = logs.page(f"/demo/eu-central-1/tasks/{task.name}/logs/")
    assert "its last words" in text
    assert '<option value="life" selected>While the task ran' in text


def test_older_lines_are_on_pages_of_their_own_and_all_can_be_downloaded(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_lines, "SHOWN", 100)
    logs.write(logs.tasks[0], *(f"line {number}." for number in range(250)))
    text = logs.page(q="line")
    assert len(shown(text)) == 100
    assert "line 249." in text
    assert "before=151" in text
    older = logs.page(q="line", before=151)
    assert len(shown(older)) == 100
    assert "line 149." in older
    assert "line 150." not in older
    assert "These are the first lines" in logs.page(q="line", before=51)
    answer: Any = logs.client.get(SERVICE, {"q": "line", "download": "1"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 250
    assert lines[-1].endswith(f"web/{logs.tasks[0].name} line 249.")


def test_many_lines_are_read_in_several_steps_in_order(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_searches, "MOST_CALLS", 1)
    monkeypatch.setattr(log_searches, "MOST_LINES", 25_000)
    for batch in range(3):
        logs.write(
            logs.tasks[batch % 2], *(f"line {batch}-{number}." for number in range(10_000)), at=-200 + batch * 20
        )
    for _ in range(8):
        text = logs.page(q="line", range="3600")
    search = LogSearch.objects.get()
    kept = [line["message"] for chunk in search.chunks.all() for line in chunk.lines]
    assert kept == [f"line {batch}-{number}." for batch in range(3) for number in range(10_000)][-len(kept) :]
    assert (search.line_count, search.full, search.error) == (30_000, True, "")
    assert 25_000 <= len(kept) < 26_000
    assert "Only the last 25,000 are kept" in text


def test_a_time_between_two_is_read_once_and_then_complete(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_searches, "LATE", -(10**12))  # simulated time is ahead of ours
    logs.write(logs.tasks[0], "before", at=-3000)
    logs.write(logs.tasks[0], "inside", at=-1800)
    logs.write(logs.tasks[0], "after", at=-600)
    since, until = (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(logs.now() - ago)) for ago in (2400, 1200))
    text = logs.page(range="between", since=since, until=until)
    assert [word in text for word in (">inside<", ">before<", ">after<")] == [True, False, False]
    assert LogSearch.objects.get().final
    assert 'hx-trigger="every' not in text.partition('id="lines"')[2].partition(">")[0]
    assert "Enter a time after the first one" in logs.page(range="between", since=until, until=since)


def test_what_other_log_drivers_have_is_said_and_linked(logs: Logs) -> None:
    other = {**LOGS, "logDriver": "splunk", "options": {"splunk-url": "https://splunk.example", "splunk-token": "t0"}}
    definition = logs.stage.definition()
    definition.description["containerDefinitions"][0]["logConfiguration"] = other
    definition.save()
    text = logs.page()
    assert "uses the log driver <b>splunk</b>" in text
    assert 'href="https://splunk.example"' in text
    assert "t0" not in text


def test_a_missing_log_group_is_told(logs: Logs) -> None:
    logs.stage.client("logs").delete_log_group(logGroupName="/ecs/web-front")
    assert "The log group /ecs/web-front does not exist." in logs.page()
