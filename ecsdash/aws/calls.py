"""AWS calls. A call is named as in boto3: `ecs.create_service`, `elbv2.describe_load_balancers`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ecsdash.aws.errors import from_botocore_error, from_client_error, from_garbled_answer
from ecsdash.aws.session import Target, client

Item = TypeVar("Item")
READS = ("describe_", "list_", "get_", "filter_", "lookup_")


@dataclass(frozen=True)
class Answer:
    """Response of AWS: `data` without the response metadata, and the request ID."""

    data: dict[str, Any]
    request_id: str = ""


class Aws(Protocol):
    """Interface to AWS in one account and region, for sweeps, conditions and look-ups."""

    def call(self, name: str, /, **params: Any) -> Answer: ...

    def collect(self, name: str, key: str, /, **params: Any) -> list[Any]: ...

    def describe(
        self, name: str, key: str, /, *, of: Sequence[Any], by: str, size: int, **params: Any
    ) -> list[Any]: ...


@dataclass(frozen=True)
class Connection:
    """Implementation of Aws by boto3."""

    target: Target

    def call(self, name: str, /, **params: Any) -> Answer:
        """Send one request. Raise an AwsError on failure."""
        service, operation = name.split(".")
        try:
            api = client(self.target, service, retry=operation.startswith(READS))
            data = dict(getattr(api, operation)(**params))
        except ClientError as error:
            raise from_client_error(error, name) from error
        except BotoCoreError as error:
            raise from_botocore_error(error, name) from error
        except ResponseParserError as error:
            raise from_garbled_answer(error, name) from error
        meta = data.pop("ResponseMetadata", {})
        return Answer(data, str(meta.get("RequestId", "")))

    def collect(self, name: str, key: str, /, **params: Any) -> list[Any]:
        """Return all items of a paginated list. Raise an AwsError on failure; a partial list is never returned."""
        return [item for page in self._pages(name, params) for item in page.get(key, [])]

    def describe(self, name: str, key: str, /, *, of: Sequence[Any], by: str, size: int, **params: Any) -> list[Any]:
        """Describe the items `of` in batches of `size`: `by` is their parameter, `key` the member of the response."""
        items: list[Any] = []
        for batch in batches(of, size):
            items += self.call(name, **params, **{by: list(batch)}).data.get(key, [])
        return items

    def _pages(self, name: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        service, operation = name.split(".")
        try:
            api = client(self.target, service, retry=True)
            if not api.can_paginate(operation):
                yield self.call(name, **params).data
                return
            yield from api.get_paginator(operation).paginate(**params)
        except ClientError as error:
            raise from_client_error(error, name) from error
        except BotoCoreError as error:
            raise from_botocore_error(error, name) from error
        except ResponseParserError as error:
            raise from_garbled_answer(error, name) from error


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
