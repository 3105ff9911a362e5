"""ECS's events on EventBridge, as a queue behind a rule receives them."""

import json
from typing import Any

from ecsdash.sandbox.scope import Scope
from tests.sandbox import shop
from tests.sandbox.conftest import REGION, Sandbox

SCOPE = Scope("123456789012", REGION)
TASKS = "ECS Task State Change"


def queue(sandbox: Sandbox, pattern: dict[str, Any]) -> str:
    url = sandbox.client("sqs").create_queue(QueueName="events")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:123456789012:events"
    events = sandbox.client("events")
    events.put_rule(Name="ecs", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="ecs", Targets=[{"Id": "queue", "Arn": arn}])
    return str(url)


def received(sandbox: Sandbox, url: str) -> list[dict[str, Any]]:
    sqs, found = sandbox.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
    return found


def tell(sandbox: Sandbox, count: int) -> None:
    for number in range(count):
        sandbox.world.aws.emit_event(SCOPE, TASKS, ["arn"], {"lastStatus": "RUNNING", "version": number})


def test_a_rule_sends_the_events_that_fit_its_pattern_to_its_queue(sandbox: Sandbox) -> None:
    pattern = {"source": ["aws.ecs"], "detail-type": [TASKS], "detail": {"lastStatus": ["RUNNING", "STOPPED"]}}
    url = queue(sandbox, pattern)
    shop.site(sandbox, "shop/web:1")
    sandbox.step(shop.SETTLED)
    task = shop.tasks(sandbox, "web")[0]["taskArn"]
    events = received(sandbox, url)
    assert {(event["source"], event["detail-type"], event["region"]) for event in events} == {
        ("aws.ecs", TASKS, REGION)
    }
    assert all(event["detail"]["lastStatus"] == "RUNNING" for event in events)
    assert {event["detail"]["taskArn"] for event in events} == {task}
    assert events[0]["resources"] == [task]
    assert len({event["id"] for event in events}) == len(events)


def test_a_disabled_rule_and_a_missing_queue_disturb_nobody(sandbox: Sandbox) -> None:
    url = queue(sandbox, {"source": ["aws.ecs"]})
    sandbox.client("events").disable_rule(Name="ecs")
    tell(sandbox, 1)
    assert received(sandbox, url) == []
    sandbox.client("events").enable_rule(Name="ecs")
    sandbox.client("sqs").delete_queue(QueueUrl=url)
    tell(sandbox, 1)


def test_events_are_doubled_shuffled_and_lost_on_request(sandbox: Sandbox) -> None:
    url = queue(sandbox, {"source": ["aws.ecs"]})
    sandbox.admin("faults", name="events-lost", on=True, rate=0.5)
    tell(sandbox, 40)
    assert 5 < len(received(sandbox, url)) < 35
    sandbox.admin("faults", name="events-lost", on=False)

    sandbox.admin("faults", name="events-doubled", on=True)
    sandbox.admin("faults", name="events-shuffled", on=True)
    tell(sandbox, 20)
    assert received(sandbox, url) == []
    sandbox.step(10)
    versions = [event["detail"]["version"] for event in received(sandbox, url)]
    assert sorted(versions) == sorted([*range(20), *range(20)])
    assert versions != sorted(versions)
