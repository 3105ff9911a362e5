"""Errors of AWS calls, in six kinds. Each kind says whether the same call can be retried."""

import re
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
    call may have taken effect although no answer came, `sent` whether the request left at all.
    """

    retryable = False
    sent = True

    def __init__(
        self, code: str, message: str, *, call: str = "", request_id: str = "", ambiguous: bool = False
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.call, self.request_id, self.ambiguous = code, message, call, request_id, ambiguous

    @property
    def kind(self) -> str:
        """The name of the kind, also where the error is a special case of it."""
        return next(each for each in type(self).__mro__ if AwsError in each.__bases__).__name__


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


class NotAnAnswer(Unavailable):
    """What came is not AWS's answer (an intermediary's page, a part of an answer): the call may have taken effect."""

    def __init__(self, message: str, *, call: str = "") -> None:
        super().__init__("NotAnAnswer", message, call=call, ambiguous=True)


class TooLate(Unavailable):
    """The call was not sent: its time had passed (the process was stopped, or slow)."""

    sent = False

    def __init__(self) -> None:
        super().__init__("TooLate", "The call was not sent, because the dashboard was stopped before it.")


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

#: A code of AWS. botocore gives an error without a code that of its HTTP status ("404").
_AWS_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{1,200}")

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
    """Return the AwsError of a ClientError. Status 501 always gets the code NotImplemented.

    Only AWS's own error is a refusal: what an intermediary says leaves open whether AWS received the call.
    """
    response: Mapping[str, Any] = error.response
    details = response.get("Error", {})
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 400))
    code = "NotImplemented" if status == 501 else str(details.get("Code", ""))
    if not _AWS_CODE.fullmatch(code):
        return NotAnAnswer(f"HTTP status {status} without an error of AWS.", call=call)
    kind = kind_of(code, status)
    return kind(
        code,
        str(details.get("Message", "")),
        call=call,
        request_id=str(meta.get("RequestId", "")),
        ambiguous=kind is Unavailable,
    )


def from_garbled_answer(error: ResponseParserError, call: str) -> AwsError:
    """Return the AwsError of a response that cannot be read, for example an error page of a proxy."""
    return NotAnAnswer(f"The response cannot be read: {error}", call=call)


def from_botocore_error(error: BotoCoreError, call: str, *, sent: bool = True) -> AwsError:
    """Return the AwsError of a failure without a response: wrong parameters, credentials or network.

    `sent`: whether a part of the request left. Only then may a broken connection hide an effect.
    """
    name = type(error).__name__
    cause = getattr(error, "kwargs", {}).get("error")
    if isinstance(cause, AwsError):
        return cause
    if isinstance(error, ParamValidationError):
        return Invalid(name, str(error), call=call)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return AccessDenied(name, str(error), call=call)
    if isinstance(error, NoConnection | HTTPClientError | IncompleteReadError):
        return Unavailable(name, str(error), call=call, ambiguous=sent)
    return Invalid(name, str(error), call=call)
