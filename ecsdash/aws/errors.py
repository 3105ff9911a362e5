"""Errors of AWS calls, in six kinds. Each kind says whether the same call can be retried."""

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
    """AWS throttled the call, or the client-side rate limit did; the call had no effect.

    `after` are the seconds until the next attempt, 0 if unknown; `sent` says whether the request was sent.
    """

    retryable = True

    def __init__(self, code: str, message: str, *, after: float = 0.0, sent: bool = True, **more: Any) -> None:
        super().__init__(code, message, **more)
        self.after, self.sent = after, sent


class NotFound(AwsError):
    """The resource that the call names does not exist."""


class Conflict(AwsError):
    """The call conflicts with the current state of the resource."""


class Invalid(AwsError):
    """AWS refused the parameters."""


class Unavailable(AwsError):
    """AWS or the network is not available."""

    retryable = True


OWN_SHARE_SPENT = "OwnShareSpent"  # code of the client-side rate limit
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

#: Codes of endpoints without the operation: older than the API, or emulators of a part of AWS.
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
    """Return the AwsError of a ClientError. Status 501 always gets the code NotImplemented."""
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
    """Return the AwsError of a response that is not from AWS, for example an error page of a proxy."""
    return Unavailable(type(error).__name__, str(error), call=call, ambiguous=True)


def from_botocore_error(error: BotoCoreError, call: str) -> AwsError:
    """Return the AwsError of a failure without a response: wrong parameters, credentials or network."""
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
