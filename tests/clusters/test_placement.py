"""Whether a task fits on an instance, without a database."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from clusters.models import ContainerInstance
from clusters.planning.expressions import judge
from clusters.planning.placement import Demand, Slot, not_judged, place

FACTS = {
    "attribute:ecs.instance-type": ["t3.medium"],
    "attribute:ecs.availability-zone": ["eu-central-1a"],
    "task:group": ["service:web", "family:job"],
    "runningTasksCount": ["2"],
}
SMALL = Demand(group="service:web", cpu=256, memory=512)


def slot(name: str = "i-1", **values: Any) -> Slot:
    row = ContainerInstance(name=name, availability_zone="eu-central-1a", agent_connected=True)
    given = {
        "cpu": 1024,
        "memory": 2048,
        "ports": {"22/tcp"},
        "gpus": 0,
        "interfaces": None,
        "attributes": {"linux": ""},
    }
    return Slot(row, **{**given, "groups": Counter(), **values})


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        ("", True),
        ("attribute:ecs.instance-type =~ t3.*", True),
        ("attribute:ecs.instance-type =~ t3\\.med.*m", True),
        ("attribute:ecs.instance-type !~ t3.*", False),
        ("attribute:ecs.availability-zone in [eu-central-1a, eu-central-1b]", True),
        ("attribute:ecs.availability-zone not_in [eu-central-1a]", False),
        ("attribute:stack exists", False),
        ("attribute:stack !exists && runningTasksCount < 3", True),
        ("not (task:group == service:web)", False),
        ("attribute:stack == prod or (task:group == family:job and runningTasksCount >= 2)", True),
        ("attribute:stack == prod or registeredAt < 2030-01-01", None),
        ("attribute:ecs.instance-type =~ (t3|m5)+", None),
        ("attribute:ecs.instance-type ==", None),
        ("(" * 60 + "attribute:stack exists", None),
    ],
)
def test_an_expression_is_true_false_or_not_judged(expression: str, truth: bool | None) -> None:
    assert judge(expression, FACTS) is truth


def test_a_pattern_of_many_stars_is_judged_at_once() -> None:
    assert judge(f"attribute:stack =~ {'a.*' * 300}b", {"attribute:stack": ["a" * 5000]}) is False


@pytest.mark.parametrize(
    ("free", "demand", "reason"),
    [
        (slot(), SMALL, ""),
        (slot(cpu=255), SMALL, "255 CPU units are free"),
        (slot(memory=511), SMALL, "511 MiB are free"),
        (slot(ports={"8080/tcp"}), replace(SMALL, ports=frozenset({"8080/tcp"})), "port 8080/tcp is in use"),
        (slot(ports={"8080/tcp"}), replace(SMALL, ports=frozenset({"8080/udp"})), ""),
        (slot(), replace(SMALL, gpus=1), "0 GPUs are free"),
        (slot(interfaces=0), replace(SMALL, own_interface=True), "no network interface is free"),
        (slot(), replace(SMALL, attributes=frozenset({"linux", "gpu"})), "the attribute gpu is missing"),
        (slot(), replace(SMALL, zones=frozenset({"eu-central-1b"})), "no subnet of the tasks is in eu-central-1a"),
        (
            slot(groups=Counter({"service:web": 1})),
            replace(SMALL, distinct=True),
            "one of these tasks runs there already (distinctInstance)",
        ),
        (
            slot(),
            replace(SMALL, expressions=("attribute:gpu exists",)),
            "the placement constraint attribute:gpu exists is not satisfied",
        ),
    ],
)
def test_an_instance_lacks_what_a_task_needs(free: Slot, demand: Demand, reason: str) -> None:
    assert free.lacks(demand) == reason


def test_a_fixed_port_takes_one_task_on_each_instance() -> None:
    demand = replace(SMALL, ports=frozenset({"8080/tcp"}))

    assert len(place([demand] * 5, [slot("i-1"), slot("i-2"), slot("i-3", ports={"8080/tcp"})])) == 3


def test_tasks_that_ended_leave_their_room() -> None:
    free = slot(cpu=0, ports={"8080/tcp"}, interfaces=0, groups=Counter({"service:web": 1}))
    demand = replace(SMALL, ports=frozenset({"8080/tcp"}), own_interface=True, distinct=True)

    free.take(demand, -1)

    assert free.lacks(demand) == ""


def test_what_is_not_judged_counts_as_satisfied_and_is_said() -> None:
    demand = replace(SMALL, expressions=("attribute:a =~ (x)+", "attribute:gpu !exists"))

    assert slot().lacks(demand) == ""
    assert not_judged(demand, [slot()]) == ["attribute:a =~ (x)+"]
