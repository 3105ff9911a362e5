"""SQS as the dashboard's queues need it: receipts, what is in flight, long polls, ordered queues."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import REGION, Sandbox


def test_a_message_is_deleted_by_any_receipt_it_ever_had_and_twice_without_an_error(sandbox: Sandbox) -> None:
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")
    first = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]["ReceiptHandle"]
    second = sqs.receive_message(QueueUrl=url, VisibilityTimeout=30)["Messages"][0]["ReceiptHandle"]
    assert first != second
    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=first)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="never given")


def test_what_is_in_flight_or_delayed_is_counted_and_not_received(sandbox: Sandbox) -> None:
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=60)
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]] == ["one"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0"
    assert counts["ApproximateNumberOfMessagesDelayed"] == counts["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_what_a_receive_answers_has_only_the_attributes_asked_for_and_the_message_keeps_all(sandbox: Sandbox) -> None:
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    colour = {"colour": {"DataType": "String", "StringValue": "green"}}
    sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=colour)
    assert "MessageAttributes" not in sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]
    found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]
    assert found["MessageAttributes"] == colour


def test_a_long_poll_ends_with_the_first_event(sandbox: Sandbox) -> None:
    sqs, events = sandbox.client("sqs"), sandbox.client("events")
    url = sqs.create_queue(QueueName="events")["QueueUrl"]
    events.put_rule(Name="ecs", EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="ecs", Targets=[{"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:123456789012:events"}])
    found: list[str] = []

    def poll() -> None:
        messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
        found.extend(json.loads(each["Body"])["detail-type"] for each in messages)

    thread = threading.Thread(target=poll)
    thread.start()
    events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": "{}"}])
    thread.join(10)
    assert found == ["sold"]


def test_an_ordered_queue_takes_the_same_event_once(sandbox: Sandbox) -> None:
    sqs, events = sandbox.client("sqs"), sandbox.client("events")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName="events.fifo", Attributes=attributes)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:123456789012:events.fifo"
    events.put_rule(Name="ecs", EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="ecs", Targets=[{"Id": "q", "Arn": arn, "SqsParameters": {"MessageGroupId": "one"}}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": "{}"}])
    for _ in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="twice", MessageGroupId="two")
    bodies = [each["Body"] for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    assert [json.loads(body)["detail-type"] for body in bodies[:1]] == ["sold"]
    assert bodies[1:] == ["twice"]
