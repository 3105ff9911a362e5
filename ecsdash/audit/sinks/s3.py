"""An S3 bucket: one object for each batch of rows, locked where the bucket has object lock."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qs

from django.conf import settings
from django.utils import timezone

from ecsdash.audit.sinks.base import SECONDS, Row, SinkError, number, text
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.aws.session import Target

NOT_LOCKED = "ObjectLockConfigurationNotFoundError"
READERS = 16
RETAIN_DAYS = 365


@dataclass(frozen=True)
class S3Sink:
    """`s3://bucket/prefix?region=eu-central-1&role=arn:...&retain_days=365`; the role is optional."""

    bucket: str
    prefix: str
    region: str
    role: str
    retain_days: int

    @classmethod
    def at(cls, parts: SplitResult) -> "S3Sink":
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        days = query.get("retain_days", str(RETAIN_DAYS))
        if not parts.netloc or not query.get("region") or not days.isdecimal():
            raise ValueError("a bucket's address has the form s3://bucket/prefix?region=eu-central-1")
        return cls(parts.netloc, parts.path.strip("/"), query["region"], query.get("role", ""), int(days))

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def send(self, stream: str, rows: Sequence[Row]) -> None:
        first, last = number(stream, rows[0]), number(stream, rows[-1])
        name = f"{first:012}-{last:012}.jsonl"
        body = {"Bucket": self.bucket, "Key": self._key(stream, name), "Body": text(rows).encode()}
        try:
            self._aws.call("s3.put_object", **body, **self._lock())
        except AwsError as error:
            raise SinkError(f"The bucket did not accept it: {error.code}") from error

    def checkpoints(self) -> list[Row]:
        try:
            listed = self._aws.collect(
                "s3.list_objects_v2", "Contents", Bucket=self.bucket, Prefix=self._key("checkpoints", "")
            )
            with ThreadPoolExecutor(READERS) as pool:
                return [row for rows in pool.map(self._rows, [each["Key"] for each in listed]) for row in rows]
        except (AwsError, ValueError) as error:
            raise SinkError(f"The bucket cannot be read ({getattr(error, 'code', type(error).__name__)})") from error

    def _rows(self, key: str) -> list[Row]:
        body = self._aws.call("s3.get_object", Bucket=self.bucket, Key=key).data["Body"].read()
        return [json.loads(line) for line in body.splitlines()]

    def _lock(self) -> dict[str, Any]:
        try:
            self._aws.call("s3.get_object_lock_configuration", Bucket=self.bucket)
        except NotFound:
            return {}
        except AwsError as error:
            if error.code == NOT_LOCKED:
                return {}
            raise
        until = timezone.now() + timedelta(days=self.retain_days)
        return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}

    def _key(self, stream: str, name: str) -> str:
        return "/".join(part for part in (self.prefix, stream) if part) + f"/{name}"

    @property
    def _aws(self) -> Connection:
        """The connection of the installation itself; the bucket's calls have their own request limits."""
        target = Target(
            account_id="audit",
            region=self.region,
            role_arn=self.role,
            endpoint_url=settings.AWS_ENDPOINT_URL,
            access_key_id=settings.AWS_ACCESS_KEY_ID,
            secret_access_key=settings.AWS_SECRET_ACCESS_KEY,
            answer_seconds=SECONDS,
        )
        return Connection(target)
