"""Every way in which AWS can fail to answer: is it tried again, and may the effect have come about?"""

import pytest
from support.processes import LOOPBACK, free_port

from ecsdash.aws.errors import AwsError, Invalid, Unavailable
from tests.trust.fixed_response import connection_to, fixed_response

PROXY_PAGE = b"<html><body><p>Bad gateway<br></body></html>"


def failure(url: str, call: str = "ecs.create_cluster") -> AwsError:
    with pytest.raises(AwsError) as caught:
        connection_to(url).call(call)
    return caught.value


def test_nobody_listens_so_nothing_happened_and_it_is_tried_again() -> None:
    error = failure(f"http://{LOOPBACK}:{free_port()}")
    assert (type(error), error.retryable, error.ambiguous) == (Unavailable, True, False)


def test_an_error_of_the_server_may_come_after_the_effect() -> None:
    with fixed_response(503, b"{}") as url:
        error = failure(url)
    assert (type(error), error.retryable, error.ambiguous) == (Unavailable, True, True)


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_of_a_proxy_is_no_answer_of_aws(status: int) -> None:
    with fixed_response(status, PROXY_PAGE) as url:
        error = failure(url, "ec2.describe_vpcs")
    assert (type(error), error.retryable, error.ambiguous) == (Unavailable, True, True)


def test_what_an_emulator_has_not_built_is_not_asked_for_again() -> None:
    with fixed_response(501, b'{"__type": "InternalFailure", "message": "not yet implemented"}') as url:
        error = failure(url)
    assert (type(error), error.code, error.retryable) == (Invalid, "NotImplemented", False)
