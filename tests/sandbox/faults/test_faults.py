import json
import re
from argparse import ArgumentParser
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from ecsdash.sandbox.faults import command
from ecsdash.sandbox.faults.settings import Fault, FaultSettings
from ecsdash.sandbox.faults.task_faults import TaskFaults
from tests.sandbox import shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.http.test_endpoint import refusal

ONCE = Config(retries={"total_max_attempts": 1})


def post_form(sandbox: Sandbox, host: str = "127.0.0.1", **fields: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", sandbox.world.server.server_port, timeout=5)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": host}
    connection.request("POST", "/", urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def switched_on(sandbox: Sandbox) -> set[str]:
    return {scenario["name"] for scenario in sandbox.world.faults.report() if scenario["on"]}


def test_a_fault_is_switched_on_and_off_by_the_admin_endpoint(sandbox: Sandbox) -> None:
    status, said = sandbox.admin("faults", name="crash-loop", on=True, pattern="service:web")
    assert status == 200
    assert {each["name"]: each["takes"] for each in said["faults"] if each["on"]} == {
        "crash-loop": {"pattern": "service:web"}
    }
    assert sandbox.world.plane.faults.affects("crash-loop", "service:web")
    assert not sandbox.world.plane.faults.affects("crash-loop", "service:api")
    sandbox.admin("faults", name="crash-loop", on=False)
    assert switched_on(sandbox) == set()
    assert not sandbox.world.plane.faults.affects("crash-loop", "service:web")


@pytest.mark.parametrize("params", [{"name": "frogs", "on": True}, {"name": "api-errors", "on": True, "rate": 2}, {}])
def test_an_invalid_fault_is_refused(sandbox: Sandbox, params: dict[str, object]) -> None:
    assert sandbox.admin("faults", **params)[0] == 400
    assert switched_on(sandbox) == set()


@pytest.mark.parametrize(
    ("name", "service", "call", "code"),
    [
        ("api-throttling", "ecs", "list_clusters", "ThrottlingException"),
        ("api-throttling", "ec2", "describe_vpcs", "RequestLimitExceeded"),
        ("api-throttling", "autoscaling", "describe_auto_scaling_groups", "Throttling"),
        ("api-errors", "ecs", "list_clusters", "ServerException"),
        ("api-errors", "logs", "describe_log_groups", "InternalFailure"),
    ],
)
def test_calls_fail_as_each_service_says_it(sandbox: Sandbox, name: str, service: str, call: str, code: str) -> None:
    sandbox.admin("faults", name=name, on=True)
    client = sandbox.client_as(service, config=ONCE)
    with pytest.raises(ClientError) as caught:
        getattr(client, call)()
    assert refusal(caught) == code
    sandbox.admin("faults", name=name, on=False)
    getattr(client, call)()


def test_an_answer_is_lost_after_the_call_took_effect(sandbox: Sandbox) -> None:
    sandbox.admin("faults", name="answers-lost", on=True, pattern="ecs:Create*")
    ecs = sandbox.client_as("ecs", config=ONCE)
    with pytest.raises(ConnectionClosedError):
        ecs.create_cluster(clusterName="shop")
    assert len(ecs.list_clusters()["clusterArns"]) == 1


def test_something_else_answers_after_the_call_took_effect(sandbox: Sandbox) -> None:
    sandbox.admin("faults", name="answers-garbled", on=True, pattern="ecs:Create*")
    ecs = sandbox.client_as("ecs", config=ONCE)
    for number in range(6):
        answer: Any = {}
        with suppress(ClientError, ResponseParserError):
            answer = ecs.create_cluster(clusterName=f"shop-{number}")
        assert "clusterArn" not in answer.get("cluster", {})
    assert len(ecs.list_clusters()["clusterArns"]) == 6


def test_a_rate_affects_a_repeatable_part_of_the_calls() -> None:
    def history() -> list[bool]:
        faults = FaultSettings(TaskFaults(), seed=7)
        faults.switch_on("api-errors", Fault(rate=0.3))
        return [faults.affects("api-errors", "ecs:ListTasks") for _ in range(200)]

    first = history()
    assert 30 < sum(first) < 90
    assert history() == first


def test_the_control_page_switches_a_fault_with_a_plain_form(sandbox: Sandbox) -> None:
    status, page, headers = sandbox.get(f"127.0.0.1:{sandbox.world.server.server_port}")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<script" not in page
    [token] = set(re.findall(r'name="token" value="([^"]+)"', page))
    assert post_form(sandbox, token=token, name="zone-down", pattern="eu-central-1a", on="on")[0] == 303
    assert switched_on(sandbox) == {"zone-down"}
    assert post_form(sandbox, token=token, name="zone-down", on="off")[0] == 303
    assert switched_on(sandbox) == set()


def test_the_control_page_accepts_no_form_of_another_page(sandbox: Sandbox) -> None:
    assert post_form(sandbox, token="guessed", name="zone-down", on="on")[0] == 403
    token = sandbox.world.token
    assert post_form(sandbox, host="evil.example", token=token, name="zone-down", on="on")[0] >= 400
    assert switched_on(sandbox) == set()


def test_the_control_page_shows_and_escapes_the_error_of_an_invalid_fault(sandbox: Sandbox) -> None:
    status, page = post_form(sandbox, token=sandbox.world.token, name="<b>frogs</b>", on="on")
    assert status == 200
    assert "there is no fault named &lt;b&gt;frogs&lt;/b&gt;" in page


def test_the_admin_endpoint_lists_the_faults(sandbox: Sandbox) -> None:
    status, body, _ = sandbox.get("127.0.0.1", "/_sandbox/faults")
    said = json.loads(body)
    assert status == 200
    assert said["pace"] == "only when it is stepped"
    assert len(said["faults"]) == 19


def test_a_crash_loop_affects_the_tasks_of_one_service_until_it_is_over(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    sandbox.admin("faults", name="crash-loop", on=True, pattern="service:web")
    sandbox.client("ecs").update_service(cluster="shop", service="web", forceNewDeployment=True)
    sandbox.step(120)
    service = sandbox.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["runningCount"] == 1  # the old task stays: crashes after the start do not fail a deployment
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    sandbox.admin("faults", name="crash-loop", on=False)
    sandbox.step(600)
    service = sandbox.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"


@pytest.mark.parametrize(
    ("options", "pattern"),
    [
        ({"service": "web"}, "service:web"),
        ({"cluster": "shop"}, "cluster:shop/*"),
        ({"cluster": "shop", "service": "web"}, "cluster:shop/service:web"),
        ({"where": "eu-central-1a"}, "eu-central-1a"),
    ],
)
def test_the_command_line_sets_the_pattern_of_a_fault(options: dict[str, str], pattern: str) -> None:
    parser = ArgumentParser()
    command.add_arguments(parser)
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    assert command.params_of(vars(parser.parse_args(["on", "no-capacity", *words])))["pattern"] == pattern
