"""AWS calls. A call is named as in boto3: `ecs.create_service`, `elbv2.describe_load_balancers`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ecsdash.aws import sending
from ecsdash.aws.callers import INSTALLATION, Caller, calls_of
from ecsdash.aws.errors import AccessDenied, AwsError, from_botocore_error, from_client_error, from_garbled_answer
from ecsdash.aws.session import Target, client

Item = TypeVar("Item")
READS = ("describe_", "list_", "get_", "filter_", "lookup_")
#: What a read-only connection may call too: the policy simulation, and taking messages from the dashboard's own queue.
READ_ONLY_CALLS = {"iam.simulate_principal_policy", "sqs.receive_message", "sqs.delete_message_batch"}


class WriteRefused(AccessDenied):
    """A call that may change something was made on a read-only connection. Nothing was sent."""

    def __init__(self, call: str) -> None:
        super().__init__("WriteRefused", f"{call} was not sent: this connection is read-only.", call=call)


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
    """Implementation of Aws by boto3. A connection that is `read_only` refuses every call that is not a read."""

    target: Target
    caller: Caller = INSTALLATION
    read_only: bool = False

    def call(self, name: str, /, **params: Any) -> Answer:
        """Send one request. Raise an AwsError on failure."""
        service, operation = self._permitted(name)
        reads = operation.startswith(READS)
        with _errors_of(name, writes=not reads), calls_of(self.caller):
            api = client(self.target, service, retry=reads)
            data = dict(getattr(api, operation)(**params))
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

    def _permitted(self, name: str) -> tuple[str, str]:
        """Return the service and the operation. Raise WriteRefused."""
        service, operation = name.split(".")
        if self.read_only and not operation.startswith(READS) and name not in READ_ONLY_CALLS:
            raise WriteRefused(name)
        return service, operation

    def _pages(self, name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        service, operation = self._permitted(name)
        with _errors_of(name, writes=False), calls_of(self.caller):
            api = client(self.target, service, retry=True)
            if not api.can_paginate(operation):
                return [self.call(name, **params).data]
            return list(api.get_paginator(operation).paginate(**params))


@contextmanager
def _errors_of(name: str, *, writes: bool) -> Iterator[None]:
    """Raise what goes wrong in a call as an AwsError that names the call."""
    with sending.request(writes=writes) as request:
        try:
            yield
        except AwsError as error:
            error.call = error.call or name
            raise
        except ClientError as error:
            raise from_client_error(error, name) from error
        except BotoCoreError as error:
            raise from_botocore_error(error, name, sent=request.sent) from error
        except ResponseParserError as error:
            raise from_garbled_answer(error, name) from error


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
