"""Cached boto3 clients by account and region. Clients are thread-safe; sessions are not and are made under a lock.

The clients of a role are shared by all callers: each call is signed with the credentials of its own caller's session.
"""

import threading
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session as BotocoreSession
from botocore.session import get_session

from ecsdash.aws import answers, buckets, callers, outcomes, sending
from ecsdash.aws.call_log import CallLog
from ecsdash.aws.errors import THROTTLED, Throttled
from ecsdash.aws.limits import Bucket, bucket_of
from ecsdash.aws.role_sessions import RoleCredentials
from ecsdash.aws.service_models import LOADER

CONNECT_SECONDS = 3


class EndpointRefused(ValueError):
    """An endpoint is configured without access keys: the credentials of the machine must never be sent to it."""


@dataclass(frozen=True)
class Target:
    """One account and region, and how to connect to it.

    With `endpoint_url` every call goes to that address and is signed with the two keys given here only. Without it,
    boto3's credential chain is used. `role_arn` is assumed with these credentials. `answer_seconds`: the read timeout.
    """

    account_id: str
    region: str
    role_arn: str = ""
    external_id: str = ""
    endpoint_url: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    answer_seconds: int = 15


_lock = threading.Lock()
_sessions: dict[Target, boto3.Session] = {}
_clients: dict[tuple[Target, str, bool], Any] = {}


def client(target: Target, service: str, *, retry: bool) -> Any:
    """Return the client of an AWS service. `retry` lets botocore repeat a read up to twice; never a write."""
    key = (target, service, retry)
    cached = _clients.get(key)
    if cached is None:
        with _lock:
            cached = _clients.get(key) or _make_client(target, service, retry)
            _clients[key] = cached
    return cached


def forget() -> None:
    """Drop every cached session and client (after a fork, and between tests)."""
    with _lock:
        _sessions.clear()
        _clients.clear()


def _make_client(target: Target, service: str, retry: bool) -> Any:
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=target.answer_seconds,
        retries={"mode": "standard", "total_max_attempts": 3 if retry else 1},
        max_pool_connections=32,
        ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # newer than the stubs
        user_agent_extra="ecsdash",
        tcp_keepalive=True,
    )
    session = _sessions.get(target) or _make_session(target)
    _sessions[target] = session
    make: Any = session.client  # the stubs accept literal service names only
    made = make(service, region_name=target.region, endpoint_url=target.endpoint_url or None, config=config)
    sending.guard(made)
    return made


def _make_session(target: Target) -> boto3.Session:
    core = get_session()
    core.register_component("data_loader", LOADER)
    _keep_to_share(core, target)
    answers.use_in(core)
    if target.endpoint_url:
        if not (target.access_key_id and target.secret_access_key):
            raise EndpointRefused("An AWS endpoint is set without an access key and a secret key. Set both.")
        core.set_credentials(target.access_key_id, target.secret_access_key)
    core.register("before-send", _name_caller)
    CallLog(target.account_id, target.region).register(core)
    if target.role_arn:
        core._credentials = _assumed(core, target)  # type: ignore[attr-defined]  # as boto3's own profiles do
    return boto3.Session(botocore_session=core, region_name=target.region)


def _keep_to_share(core: BotocoreSession, target: Target) -> None:
    """Apply the rate limits to every attempt of every call: pages of lists, botocore's retries, and STS as well.

    When the next attempt would come too late for the caller, raise Throttled before botocore sleeps and retries.
    """

    def before(**event: Any) -> None:
        buckets.enter(target.account_id, target.region, _bucket(event))

    def after(**event: Any) -> None:
        answer: dict[str, Any] = event["parsed_response"] or {}
        error, meta = answer.get("Error", {}), answer.get("ResponseMetadata", {})
        if error.get("Code") not in THROTTLED and meta.get("HTTPStatusCode") != 429:
            return
        closed = buckets.struck(target.account_id, target.region, _bucket(event))
        if closed and error.get("Code") in THROTTLED:  # an intermediary's 429 may hide an effect
            request_id = str(meta.get("RequestId", ""))
            raise Throttled(str(error["Code"]), str(error.get("Message", "")), after=closed, request_id=request_id)

    core.register("response-received", outcomes.note)  # before `after`, which may raise
    core.register("before-send", before)
    core.register("response-received", after)


def _bucket(event: dict[str, Any]) -> Bucket:
    """Return the bucket of a botocore event, whose name is `<event>.<service>.<Operation>`."""
    _, service, operation = event["event_name"].split(".")
    return bucket_of(service, operation)


def _name_caller(**event: Any) -> None:
    """Append the caller to the user agent, which CloudTrail records too: the only name of a call without a role.

    botocore rebuilds this header until the request is signed, and does not sign it.
    """
    headers = event["request"].headers
    headers["User-Agent"] = f"{headers['User-Agent']} caller/{callers.current().session_name}"


def _assumed(core: BotocoreSession, target: Target) -> RoleCredentials:
    """Return the credentials of the role. One STS client, with the credentials of the machine, serves all callers."""
    sts = core.create_client("sts", region_name=target.region, endpoint_url=target.endpoint_url or None)
    return RoleCredentials(sts, target.role_arn, target.external_id)
