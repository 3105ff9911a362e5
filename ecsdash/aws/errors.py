"""What AWS can answer besides success, in six kinds. Each says whether the same call may be tried again."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError


class AwsError(Exception):
    """An AWS call did not succeed.

    `code` is AWS's own error code, `retryable` whether the same call may succeed later, `ambiguous` whether the
    call may have taken effect although no answer came.
    """

    retryable = False

    def __init__(
        self, code: str, message: str, *, call: str = "", request_id: str = "", ambiguous: bool = False
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.call, self.request_id, self.ambiguous = code, message, call, request_id, ambiguous


class AccessDenied(AwsError):
    """The role in use may not make this call, or its credentials are missing or wrong."""


class Throttled(AwsError):
    """AWS asks to come back later, or our own turn has not come; the call had no effect.

    `after` are the seconds until the next turn, 0 where nobody knows; `sent` whether AWS was asked at all.
    """

    retryable = True

    def __init__(self, code: str, message: str, *, after: float = 0.0, sent: bool = True, **more: Any) -> None:
        super().__init__(code, message, **more)
        self.after, self.sent = after, sent


class NotFound(AwsError):
    """What the call names does not exist."""


class Conflict(AwsError):
    """The call does not fit the present state of what it names."""


class Invalid(AwsError):
    """AWS refused the parameters."""


class Unavailable(AwsError):
    """AWS or the way to it is down."""

    retryable = True


OWN_SHARE_SPENT = "OwnShareSpent"  # not AWS but we ourselves let a call wait
THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded", "LimitExceeded",
    "ProvisionedThroughputExceededException",
}  # fmt: skip
DENIED = {
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure", "UnrecognizedClientException",
    "InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException", "SignatureDoesNotMatch", "OptInRequired",
}  # fmt: skip
CONFLICT = {
    "ClusterContainsServicesException", "ClusterContainsTasksException", "ClusterContainsContainerInstancesException",
    "UpdateInProgressException", "ResourceInUseException", "ResourceInUse", "ScalingActivityInProgress",
    "DependencyViolation", "DuplicateListener", "PriorityInUse", "ResourceExistsException", "EntityAlreadyExists",
    "AlreadyExists", "AlreadyExistsFault", "IncorrectInstanceState", "DeleteConflict", "ConflictException",
    "OperationNotPermitted",
}  # fmt: skip

#: What an endpoint answers that does not have the operation: one older than the API, or an emulator of a part of AWS.
UNKNOWN_OPERATION = {
    "UnknownOperationException", "UnknownOperation", "InvalidAction", "NotImplemented", "NotImplementedException",
    "UnsupportedOperation", "UnsupportedOperationException",
}  # fmt: skip


def kind_of(code: str, status: int = 400) -> type[AwsError]:
    if code in THROTTLED or status == 429:
        return Throttled
    if code in DENIED or status in (401, 403):
        return AccessDenied
    if code in UNKNOWN_OPERATION:
        return Invalid
    if status >= 500 or code in ("ServerException", "InternalFailure", "ServiceUnavailable", "InternalError"):
        return Unavailable
    if code in CONFLICT or code.endswith((".InUse", ".Duplicate")):
        return Conflict
    if "NotFound" in code or "NotActive" in code or code.startswith("NoSuch") or code == "NonExistentQueue":
        return NotFound
    return Invalid


def from_client_error(error: ClientError, call: str) -> AwsError:
    """An answer with status 501 gets the code NotImplemented, whatever the emulator calls it."""
    response: Mapping[str, Any] = error.response
    details = response.get("Error", {})
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 400))
    code = "NotImplemented" if status == 501 else str(details.get("Code", "Unknown"))
    kind = kind_of(code, status)
    return kind(
        code,
        str(details.get("Message", "")),
        call=call,
        request_id=str(meta.get("RequestId", "")),
        ambiguous=kind is Unavailable,
    )


def from_garbled_answer(error: ResponseParserError, call: str) -> AwsError:
    """Something between answered instead of AWS, such as a proxy with a page of its own."""
    return Unavailable(type(error).__name__, str(error), call=call, ambiguous=True)


def from_botocore_error(error: BotoCoreError, call: str) -> AwsError:
    """No answer of AWS: our parameters, our credentials, or the network between."""
    name = type(error).__name__
    if isinstance(error, ParamValidationError):
        return Invalid(name, str(error), call=call)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return AccessDenied(name, str(error), call=call)
    if isinstance(error, NoConnection):  # nothing was sent
        return Unavailable(name, str(error), call=call)
    if isinstance(error, HTTPClientError | IncompleteReadError):
        return Unavailable(name, str(error), call=call, ambiguous=True)
    return Invalid(name, str(error), call=call)
