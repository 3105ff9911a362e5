"""App configuration of the project: loads the Celery application; AWS calls are limited and counted by Redis."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from redis import Redis, RedisError

from ecsdash.aws import buckets, outcomes
from ecsdash.web import process_counters

REDIS_SECONDS = 0.5  # maximum delay of an AWS call by Redis


class EcsdashConfig(AppConfig):
    name = "ecsdash"
    label = "ecsdash"

    def ready(self) -> None:
        import_module("ecsdash.celery")
        redis = Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        buckets.configure(buckets.SharedBuckets(redis, (RedisError, OSError)), share=settings.API_SHARE / 100)
        outcomes.observe(count_aws_call)


def count_aws_call(service: str, outcome: str) -> None:
    process_counters.add("ecsdash_aws_calls", service=service, outcome=outcome)
