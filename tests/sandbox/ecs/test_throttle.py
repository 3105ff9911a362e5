"""The request buckets: how many calls pass at once, how many a second afterwards, and who shares them."""

import pytest

from ecsdash.sandbox.ecs import EcsError
from ecsdash.sandbox.ecs.api.operations import OPERATIONS
from ecsdash.sandbox.ecs.throttle import GROUPS, SIZES, Throttle
from ecsdash.sandbox.scope import Scope
from tests.sandbox.ecs.stage import HERE

THERE = Scope("222222222222", "eu-central-1")


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def throttle(watch: Watch) -> Throttle:
    return Throttle(clock=watch)


def admitted(throttle: Throttle, operation: str, tries: int = 200, scope: Scope = HERE) -> int:
    count = 0
    for _ in range(tries):
        try:
            throttle.admit(scope, operation)
            count += 1
        except EcsError:
            continue
    return count


@pytest.mark.parametrize(
    ("operation", "burst", "refill"),
    [
        ("DescribeTasks", 100, 20),
        ("DescribeClusters", 50, 20),
        ("CreateCluster", 20, 1),
        ("UpdateService", 50, 5),
        ("RunTask", 100, 40),
        ("RegisterTaskDefinition", 20, 1),
        ("DeleteTaskDefinitions", 5, 1),
        ("TagResource", 20, 10),
    ],
)
def test_a_burst_passes_and_then_as_many_a_second_as_published(
    throttle: Throttle, watch: Watch, operation: str, burst: int, refill: int
) -> None:
    assert admitted(throttle, operation) == burst
    watch.seconds += 2
    assert admitted(throttle, operation) == 2 * refill


def test_a_call_too_many_is_answered_as_aws_does(throttle: Throttle) -> None:
    admitted(throttle, "CreateCluster", 20)
    with pytest.raises(EcsError) as error:
        throttle.admit(HERE, "CreateCluster")
    assert (error.value.code, error.value.message, error.value.http_status) == (
        "ThrottlingException",
        "Rate exceeded",
        400,
    )


def test_a_bucket_never_holds_more_than_its_burst(throttle: Throttle, watch: Watch) -> None:
    watch.seconds += 3600
    assert admitted(throttle, "ListTasks") == 100


def test_operations_of_a_group_share_a_bucket(throttle: Throttle) -> None:
    assert admitted(throttle, "ListTasks", 60) == 60
    assert admitted(throttle, "DescribeTasks") == 40
    assert admitted(throttle, "DescribeServices") == 100


def test_accounts_and_regions_do_not_share_a_bucket(throttle: Throttle) -> None:
    admitted(throttle, "ListTasks")
    assert admitted(throttle, "ListTasks", scope=THERE) == 100
    assert admitted(throttle, "ListTasks", scope=Scope(HERE.account, "us-east-1")) == 100


def test_it_can_be_switched_off_and_on_again(throttle: Throttle) -> None:
    throttle.enabled = False
    assert admitted(throttle, "CreateCluster") == 200
    throttle.enabled = True
    assert admitted(throttle, "CreateCluster") == 20


def test_every_operation_belongs_to_a_bucket_with_a_size() -> None:
    assert set(OPERATIONS) - set(GROUPS) == set()
    assert set(GROUPS.values()) == set(SIZES)


def test_buckets_can_be_scaled(throttle: Throttle, watch: Watch) -> None:
    throttle.scale = 2
    assert admitted(throttle, "UpdateService") == 100
    watch.seconds = 1
    assert admitted(throttle, "UpdateService") == 10
