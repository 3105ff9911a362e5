"""Failures to get a response from AWS: whether each is retried, and whether the call may have taken effect."""

import pytest
from support.processes import LOOPBACK, free_port

from ecsdash.aws.errors import AwsError, Invalid, Unavailable
from tests.trust.fixed_response import connection_to, fixed_response


def failure(url: str, call: str = "ecs.create_cluster") -> AwsError:
    with pytest.raises(AwsError) as caught:
        connection_to(url).call(call)
    return caught.value


def test_a_refused_connection_is_retried_and_had_no_effect() -> None:
    error = failure(f"http://{LOOPBACK}:{free_port()}")
    assert (type(error), error.retryable, error.ambiguous) == (Unavailable, True, False)


def test_a_server_error_is_retried_and_may_have_had_an_effect() -> None:
    with fixed_response(503, b'{"__type": "ServerException"}') as url:
        error = failure(url)
    assert (type(error), error.retryable, error.ambiguous) == (Unavailable, True, True)


def test_a_call_that_an_emulator_does_not_implement_is_not_retried() -> None:
    with fixed_response(501, b'{"__type": "InternalFailure", "message": "not yet implemented"}') as url:
        error = failure(url)
    assert (type(error), error.code, error.retryable) == (Invalid, "NotImplemented", False)
