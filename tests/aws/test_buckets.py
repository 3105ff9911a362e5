"""Rate limits of AWS calls: refill, priorities, and the effect of throttling."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.conf import settings
from redis import Redis, RedisError

from ecsdash.aws import buckets
from ecsdash.aws.buckets import OwnBuckets, Priority, SharedBuckets, calling, enter, struck
from ecsdash.aws.errors import Throttled
from ecsdash.aws.limits import Bucket, bucket_of
from ecsdash.inventory.models import Account
from tests.clock import Clock
from tests.processes import Sandbox

READS = Bucket("reads", 100, 20)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Buckets of this process with half of the published limits and a clock that the test controls."""
    clock = Clock()
    monkeypatch.setattr(buckets, "_buckets", OwnBuckets(clock))
    monkeypatch.setattr(buckets, "_share", 0.5)
    return clock


@pytest.fixture
def shared() -> Iterator[SharedBuckets]:
    client = Redis.from_url(settings.REDIS_URL)
    yield SharedBuckets(client, (RedisError,))
    client.close()


def ask(clock: Clock, times: int = 1, region: str = "eu-central-1") -> None:
    for _ in range(times):
        enter("123456789012", region, READS, sleep=clock.sleep)


def throttle(region: str = "eu-central-1") -> None:
    struck("123456789012", region, READS)


def test_half_of_the_burst_passes_at_once_and_then_half_of_the_rate(clock: Clock) -> None:
    ask(clock, 50)
    assert clock.now == 0
    ask(clock, 100)
    assert clock.now == pytest.approx(10)


def test_a_sweep_leaves_a_part_that_an_operation_takes_at_once(clock: Clock) -> None:
    with calling(Priority.SWEEP):
        ask(clock, 40)
    swept_until = clock.now
    assert swept_until > 0
    with calling(Priority.INTERACTIVE):
        ask(clock, 10)
    assert clock.now == swept_until


def test_hot_sweeps_go_before_others(clock: Clock) -> None:
    with calling(Priority.SWEEP):
        ask(clock, 38)
    before = clock.now
    with calling(Priority.URGENT_SWEEP):
        ask(clock, 5)
    assert clock.now == before


def test_regions_have_buckets_of_their_own(clock: Clock) -> None:
    ask(clock, 50)
    ask(clock, 50, region="us-east-1")
    assert clock.now == 0


def test_who_would_wait_too_long_is_told_at_once_and_nothing_is_sent(clock: Clock) -> None:
    with calling(Priority.INTERACTIVE, patience=2) as caller:
        ask(clock, 50)
        throttle()
        throttle()
        clock.now += 1
        throttle()
        with pytest.raises(Throttled, match=r"AWS is throttling these calls\. Next attempt in 4 s"):
            ask(clock)
    assert (caller.calls, caller.throttled) == (50, 3)


def test_a_call_that_waits_renews_its_claim_meanwhile(clock: Clock) -> None:
    for _ in range(3):
        throttle()
        clock.sleep(6)
    began = clock.now
    with calling(Priority.SWEEP) as caller:
        renewed: list[float] = []
        caller.before = lambda: renewed.append(clock.now)
        ask(clock)
    waits = [after - before for before, after in pairwise([began, *renewed, clock.now])]
    assert clock.now - began > 2 * buckets.LONGEST_SLEEP
    assert max(waits) <= buckets.LONGEST_SLEEP


def test_throttling_halves_the_rate_which_comes_back_slowly(clock: Clock) -> None:
    ask(clock, 50)
    throttle()
    ask(clock)
    assert clock.now == pytest.approx(1.2, abs=0.02)  # a second's pause, then one token at half the rate
    clock.now += 300
    ask(clock, 50)
    before = clock.now
    ask(clock, 10)
    assert clock.now == pytest.approx(before + 1)


def test_calls_in_flight_that_are_throttled_together_count_once(clock: Clock) -> None:
    for _ in range(8):
        throttle()
    ask(clock)
    assert clock.now < 2


def test_a_storm_of_throttling_costs_few_calls(clock: Clock) -> None:
    """AWS throttles all calls for a minute: six calls are sent."""
    tried = 0
    with calling(Priority.INTERACTIVE, patience=20):
        while clock.now < 60:
            throttle()
            tried += 1
            ask(clock)
    assert tried <= 6


def test_another_bucket_of_the_region_begins_with_the_pause_that_the_storm_has_reached(clock: Clock) -> None:
    other = Bucket("writes", 50, 5)
    with calling(Priority.INTERACTIVE, patience=0):
        throttle()
        assert struck("123456789012", "eu-central-1", other) == 1
        clock.now += 1
        throttle()
        assert struck("123456789012", "eu-central-1", other) == 4
        assert struck("123456789012", "us-east-1", other) == 1
        clock.now += 61
        assert struck("123456789012", "eu-central-1", other) == 1


def test_both_keepings_of_the_state_follow_the_same_rules(shared: SharedBuckets) -> None:
    small = Bucket("reads", 4, 0.001)
    for kept in (shared, OwnBuckets()):
        waits = [kept.take("k", small, reserve=1).wait for _ in range(4)]
        assert waits[:3] == [0, 0, 0]
        assert waits[3] == pytest.approx(1000, rel=0.01)
        assert kept.take("k", small, reserve=0) == (0, False)
        assert kept.strike("k", "storm") == pytest.approx(1, abs=0.1)
        assert kept.strike("other", "storm") == pytest.approx(1, abs=0.1)
        wait, throttled = kept.take("k", small, reserve=0)
        assert wait == pytest.approx(1, abs=0.1)
        assert throttled


def test_two_processes_share_one_bucket(shared: SharedBuckets) -> None:
    small, other = Bucket("reads", 4, 0.001), SharedBuckets(Redis.from_url(settings.REDIS_URL), (RedisError,))
    waits = [kept.take("k", small, 0).wait for kept in (shared, other, shared, other, shared)]
    assert [wait > 0 for wait in waits] == [False] * 4 + [True]


def test_without_redis_the_process_keeps_to_the_share_by_itself() -> None:
    nowhere = SharedBuckets(Redis(host="127.0.0.1", port=1), (RedisError,))
    waits = [nowhere.take("k", Bucket("reads", 2, 0.001), 0).wait for _ in range(3)]
    assert [wait > 0 for wait in waits] == [False, False, True]


@pytest.mark.parametrize(
    ("service", "operation", "name"),
    [
        ("ecs", "DescribeTasks", "cluster-resource-read"),
        ("ecs", "UpdateService", "service-modify"),
        ("ecs", "DescribeSomethingNew", "other-read"),
        ("ec2", "RunInstances", "ec2-modify"),
        ("elastic-load-balancing-v2", "DescribeTargetHealth", "elbv2-read"),
        ("sts", "AssumeRole", "sts"),
        ("kinesis", "PutRecord", "other-modify"),
    ],
)
def test_every_call_has_a_bucket(service: str, operation: str, name: str) -> None:
    assert bucket_of(service, operation).name == name


def test_every_attempt_takes_a_token_pages_repeats_and_sts_too(aws_account: Account, sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.client("ecs").create_cluster(clusterName=f"c{number}")
    connection = aws_account.reader("eu-central-1")
    with calling(Priority.URGENT_SWEEP) as caller:
        connection.collect("ecs.list_clusters", "clusterArns", PaginationConfig={"PageSize": 1})
    assert caller.calls == 3


def test_throttled_attempts_are_noticed_and_the_call_still_succeeds(
    aws_account: Account, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_buckets", OwnBuckets())
    sandbox.set_fault("api-throttling", on=True, pattern="ecs:ListClusters")
    connection = aws_account.reader("eu-central-1")
    with calling(Priority.INTERACTIVE, patience=0) as caller, pytest.raises(Throttled):
        connection.call("ecs.list_clusters")
    assert (caller.calls, caller.throttled) == (1, 1)


def test_who_would_not_wait_hears_of_throttling_at_once_and_until_when(
    aws_account: Account, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker sleeps in botocore before a retry."""
    monkeypatch.setattr(buckets, "_buckets", OwnBuckets())
    sandbox.set_fault("api-throttling", on=True, pattern="ecs:ListClusters")
    with calling(Priority.INTERACTIVE, patience=0.5), pytest.raises(Throttled) as caught:
        aws_account.reader("eu-central-1").call("ecs.list_clusters")
    assert (caught.value.code, caught.value.after, caught.value.sent) == ("ThrottlingException", 1, True)
    assert caught.value.request_id
