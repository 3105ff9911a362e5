"""Jobs that wait in the broker, request buckets of AWS, and the checks of `/readyz`."""

from collections.abc import Iterator

from celery import current_app
from prometheus_client.core import GaugeMetricFamily, Metric

from ecsdash.web import health
from ecsdash.web.polling import pubsub

BUCKETS = "aws:*:*:*"  # ecsdash.aws.buckets: aws:<account id>:<region>:<bucket>


def families() -> Iterator[Metric]:
    redis = pubsub.connect()
    queue = GaugeMetricFamily("ecsdash_queue_length", "Jobs that no worker has taken yet.", labels=["queue"])
    for name in current_app.amqp.queues:
        queue.add_metric([name], redis.llen(name))
    yield queue
    tokens = GaugeMetricFamily(
        "ecsdash_aws_bucket_tokens",
        "Calls that the dashboard may make at once.",
        labels=["account", "region", "bucket"],
    )
    rate = GaugeMetricFamily(
        "ecsdash_aws_bucket_rate",
        "Part of the usual rate; less after AWS throttled.",
        labels=["account", "region", "bucket"],
    )
    for key in redis.scan_iter(BUCKETS, count=1000):
        kept = [float(value or 0) for value in redis.hmget(key, "tokens", "rate")]
        place = key.decode().split(":")[1:]
        if len(place) == 3:
            tokens.add_metric(place, kept[0])
            rate.add_metric(place, kept[1])
    yield tokens
    yield rate
    ready = GaugeMetricFamily("ecsdash_ready", "1 if the check of /readyz passes.", labels=["check"])
    for name, result in health.report().items():
        ready.add_metric([name], result.ok)
    yield ready
