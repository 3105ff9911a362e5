"""What others need for the list of services that the product shows: the AWS CLI, and boto3 with threads."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from ecsdash.aws.calls import batches
from ecsdash.bench.surroundings import PRODUCT
from ecsdash.sandbox.scenarios.base_resources import HOME

THREADS = 8
DESCRIBED = 10  # services in one call, at most


def boto3_seconds(endpoint: str, expected: int) -> float:
    """Clusters, then the services of each, then their descriptions, always `THREADS` calls at once."""
    client = _client(endpoint)
    began = time.perf_counter()
    clusters = [arn for page in client.get_paginator("list_clusters").paginate() for arn in page["clusterArns"]]
    with ThreadPoolExecutor(THREADS) as threads:
        listed = list(threads.map(lambda cluster: _services(client, cluster), clusters))
        wanted = [(cluster, part) for cluster, arns in zip(clusters, listed, strict=True) for part in _parts(arns)]
        found = list(threads.map(lambda each: client.describe_services(cluster=each[0], services=each[1]), wanted))
    _check(sum(len(answer["services"]) for answer in found), expected)
    return time.perf_counter() - began


def awscli_seconds(program: Path, endpoint: str, expected: int) -> float:
    """The same calls, each by one start of the AWS CLI."""
    began, found = time.perf_counter(), 0
    for cluster in _asked(program, endpoint, "list-clusters")["clusterArns"]:
        arns = _asked(program, endpoint, "list-services", "--cluster", cluster)["serviceArns"]
        for part in _parts(arns):
            answer = _asked(program, endpoint, "describe-services", "--cluster", cluster, "--services", *part)
            found += len(answer["services"])
    _check(found, expected)
    return time.perf_counter() - began


def _client(endpoint: str) -> Any:
    return boto3.client(
        "ecs",
        region_name=HOME,
        endpoint_url=endpoint,
        aws_access_key_id=PRODUCT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=PRODUCT["AWS_SECRET_ACCESS_KEY"],
        config=Config(max_pool_connections=THREADS),
    )


def _services(client: Any, cluster: str) -> list[str]:
    pages = client.get_paginator("list_services").paginate(cluster=cluster, PaginationConfig={"PageSize": 100})
    return [arn for page in pages for arn in page["serviceArns"]]


def _parts(arns: list[str]) -> Iterator[list[str]]:
    return (list(part) for part in batches(arns, DESCRIBED))


def _asked(program: Path, endpoint: str, *words: str) -> dict[str, Any]:
    command = [str(program), "--endpoint-url", endpoint, "--region", HOME, "--output", "json", "ecs", *words]
    told = {f"AWS_{name}": PRODUCT[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout))


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise RuntimeError(f"{found} services were found instead of {expected}")
