"""AWS calls carry their caller: the names of people, sessions of a role per caller, connections that refuse writes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecsdash.aws import role_sessions
from ecsdash.aws.callers import READER, Caller, calls_of, person
from ecsdash.aws.calls import Connection, WriteRefused
from ecsdash.aws.errors import AwsError, Unavailable
from ecsdash.aws.explain import explain
from ecsdash.aws.role_sessions import RoleCredentials
from ecsdash.aws.session import Target
from ecsdash.inventory.models import Account
from tests.processes import REGION, Sandbox

ROLE = "arn:aws:iam::123456789012:role/ecsdash"
NAMES = ("ann", "ann.lee@example.org", "o'hara", "Ärger", "a", "reader", "x" * 80, "a b", "a_b", "人", "")
ANN, BEN = Caller("ecsdash-ann", "ann"), Caller("ecsdash-ben", "ben")


class Sts:
    """Issue credentials that expire after `seconds`, and remember the requests."""

    def __init__(self, seconds: float = 3600, error: Exception | None = None) -> None:
        self.seconds, self.error = seconds, error
        self.requests: list[dict[str, Any]] = []

    def assume_role(self, **params: Any) -> dict[str, Any]:
        if self.error:
            raise self.error
        self.requests.append(params)
        number = str(len(self.requests))
        expires = datetime.now(UTC) + timedelta(seconds=self.seconds)
        keys = {"AccessKeyId": number, "SecretAccessKey": number, "SessionToken": number}
        return {"Credentials": {**keys, "Expiration": expires}}


def key_of(credentials: RoleCredentials, caller: Caller) -> str:
    with calls_of(caller):
        return str(credentials.get_frozen_credentials().access_key)


@pytest.mark.parametrize("name", NAMES)
def test_sts_accepts_the_name_of_every_user(name: str) -> None:
    caller = person(name, 4711, source_identity=True)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", caller.session_name, re.ASCII)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", caller.source_identity, re.ASCII)
    assert caller.session_name == f"ecsdash-{caller.source_identity}" != READER.session_name


def test_no_two_users_have_the_same_name() -> None:
    assert len({person(name, pk, source_identity=False) for pk, name in enumerate(NAMES)}) == len(NAMES)
    assert person("ann.lee@example.org", 1, source_identity=True) == Caller(
        "ecsdash-ann.lee@example.org", "ann.lee@example.org"
    )
    assert person("o'hara", 7, source_identity=False) == Caller("ecsdash-o_hara=7")


def test_every_caller_has_its_own_session_of_the_role() -> None:
    sts = Sts()
    credentials = RoleCredentials(sts, ROLE, "made-for-you")
    assert [key_of(credentials, each) for each in (ANN, BEN, ANN, READER)] == ["1", "2", "1", "3"]
    assert sts.requests[0] == {
        "RoleArn": ROLE, "RoleSessionName": "ecsdash-ann", "SourceIdentity": "ann", "ExternalId": "made-for-you",
    }  # fmt: skip
    assert sts.requests[2] == {"RoleArn": ROLE, "RoleSessionName": "ecsdash-reader", "ExternalId": "made-for-you"}


@pytest.mark.parametrize(("seconds", "requests"), [(3600, 1), (60, 3)])
def test_credentials_that_expire_soon_are_renewed(seconds: float, requests: int) -> None:
    sts = Sts(seconds)
    credentials = RoleCredentials(sts, ROLE, "")
    for _ in range(3):
        key_of(credentials, ANN)
    assert len(sts.requests) == requests


def test_the_session_that_was_not_used_for_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(role_sessions, "KEPT", 2)
    credentials = RoleCredentials(Sts(), ROLE, "")
    assert [key_of(credentials, each) for each in (ANN, BEN, ANN, READER)] == ["1", "2", "1", "3"]
    assert [key_of(credentials, each) for each in (ANN, READER, BEN)] == ["1", "3", "4"]


def test_a_write_is_not_unknown_when_the_role_could_not_be_assumed(aws_account: Account, sandbox: Sandbox) -> None:
    """A lost answer of AssumeRole leaves the write unsent: it may be repeated."""
    sandbox.set_fault("api-errors", on=True, pattern="sts:AssumeRole")
    aws_account.reader_role_arn = aws_account.writer_role_arn = ROLE
    connection = Connection(aws_account.writer_target(REGION), ANN)
    with pytest.raises(Unavailable) as caught:
        connection.call("ecs.create_cluster", clusterName="shop")
    assert (caught.value.call, caught.value.ambiguous) == ("sts.assume_role", False)


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("ecs.create_cluster", {"clusterName": "shop"}),
        ("ec2.run_instances", {"MinCount": 1, "MaxCount": 1, "DryRun": True}),
        ("sqs.delete_queue", {"QueueUrl": "https://example.org/queue"}),
        ("iam.put_role_policy", {}),
        ("secretsmanager.batch_get_secret_value", {}),
    ],
)
def test_a_read_only_connection_sends_no_write(call: str, params: dict[str, Any]) -> None:
    keys: dict[str, Any] = {"access_key_id": "a", "secret_access_key": "b"}
    nowhere = Target("123456789012", REGION, endpoint_url="http://127.0.0.1:9", **keys)
    with pytest.raises(WriteRefused, match="this connection is read-only"):
        Connection(nowhere, READER, read_only=True).call(call, **params)
    with pytest.raises(WriteRefused):
        Connection(nowhere, READER, read_only=True).collect(call, "anything", **params)


def test_pages_and_sweeps_have_a_connection_that_sends_no_write(aws_account: Account, sandbox: Sandbox) -> None:
    reader = aws_account.reader(REGION)
    assert reader.call("ecs.list_clusters").data["clusterArns"] == []
    with pytest.raises(AwsError, match="read-only"):
        reader.call("ecs.create_cluster", clusterName="shop")
    assert sandbox.client("ecs").list_clusters()["clusterArns"] == []


def test_a_role_that_cannot_be_assumed_is_explained_by_its_trust_policy() -> None:
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: sts:SetSourceIdentity on resource: arn:aws:iam"
    explained = explain("AccessDenied", "AccessDenied", message, "sts.assume_role")
    assert "trust policy" in explained.how
    assert explained.statement is None, "no permissions policy would allow it"
