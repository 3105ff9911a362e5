"""The event feed of the small scenario: ECS events and recorded API calls, sent to a queue that the dashboard reads."""

import json

from ecsdash.sandbox.scenarios.clients import Clients

NAME = "ecsdash-events"
SOURCES = ["aws.ecs", "aws.elasticloadbalancing", "aws.application-autoscaling", "aws.autoscaling"]


def build(aws: Clients) -> None:
    rule = aws["events"].put_rule(Name=NAME, EventPattern=json.dumps({"source": SOURCES}))["RuleArn"]
    arn = f"arn:aws:sqs:{aws.region}:{aws.account}:{NAME}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    attributes = {"MessageRetentionPeriod": "3600", "Policy": json.dumps(policy)}
    aws["sqs"].create_queue(QueueName=NAME, Attributes=attributes)
    aws["events"].put_targets(Rule=NAME, Targets=[{"Id": "ecsdash", "Arn": arn}])
