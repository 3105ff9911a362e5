"""CloudTrail's event history: caller, change, source address and result."""

import json
import uuid
from collections import deque
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ecsdash.sandbox.http.api_call import ApiCall
from ecsdash.sandbox.http.messages import Request, Response, json_error, json_response, scope_of
from ecsdash.sandbox.http.principal import Principal
from ecsdash.sandbox.http.request_parameters import recorded
from ecsdash.sandbox.http.server import LOOPBACK
from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scope import Scope

KEPT = 5_000
PAGE = 50
_SECRET = {"SecretString", "SecretBinary", "Value", "Password"}
_ATTRIBUTES = {
    "EventId": "EventId",
    "EventName": "EventName",
    "EventSource": "EventSource",
    "Username": "Username",
    "AccessKeyId": "AccessKeyId",
    "ReadOnly": "ReadOnly",
}
Entry = dict[str, Any]


def is_lookup(request: Request) -> bool:
    return request.service == "cloudtrail" and request.operation == "LookupEvents"


class CloudTrail:
    def __init__(self) -> None:
        self.kept: dict[Scope, deque[Entry]] = {}

    def record(self, asked: ApiCall, principal: Principal, answer: Response, request_id: str) -> Entry:
        """Keep the event of a call, and return it as CloudTrail and EventBridge report it."""
        entry = {
            "EventId": str(uuid.uuid4()),
            "EventName": asked.operation,
            "EventSource": asked.source,
            "EventTime": runtime.now(),
            "Username": principal.name,
            "AccessKeyId": principal.access_key,
            "ReadOnly": "false",
            "Resources": [{"ResourceName": asked.resource}] if asked.resource != "*" else [],
        }
        event = _record(entry, asked, principal, answer, request_id)
        entry["CloudTrailEvent"] = json.dumps(event)
        self.kept.setdefault(asked.scope, deque(maxlen=KEPT)).append(entry)
        return event

    def lookup(self, request: Request) -> Response:
        """Return events, the newest first, at most 50 in a page."""
        try:
            asked = json.loads(request.body or b"{}")
            start = int(asked.get("NextToken") or 0)
            page = min(int(asked.get("MaxResults") or PAGE), PAGE)
        except ValueError:
            return json_error("InvalidNextTokenException", "The token is not valid.")
        found = (entry for entry in reversed(self.kept.get(scope_of(request), ())) if _fits(entry, asked))
        events = list(islice(found, start, start + page + 1))
        more = {"NextToken": str(start + page)} if len(events) > page else {}
        return json_response({"Events": events[:page], **more})


def _fits(entry: Entry, asked: dict[str, Any]) -> bool:
    if not asked.get("StartTime", 0) <= entry["EventTime"] <= asked.get("EndTime", float("inf")):
        return False
    for each in asked.get("LookupAttributes") or []:
        key, value = each.get("AttributeKey"), each.get("AttributeValue")
        if key == "ResourceName":
            names = [resource["ResourceName"] for resource in entry["Resources"]]
            if not any(value in (name, name.rpartition("/")[2]) for name in names):
                return False
        elif entry.get(_ATTRIBUTES.get(key, "")) != value:
            return False
    return True


def _record(entry: Entry, asked: ApiCall, principal: Principal, answer: Response, request_id: str) -> Entry:
    when = datetime.fromtimestamp(entry["EventTime"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "eventVersion": "1.11",
        "userIdentity": _identity(principal),
        "eventTime": when,
        "eventSource": entry["EventSource"],
        "eventName": asked.operation,
        "awsRegion": asked.scope.region,
        "sourceIPAddress": LOOPBACK,
        "userAgent": asked.request.headers.get("user-agent", ""),
        "requestParameters": recorded(entry["EventSource"], asked.operation, _without_secrets(asked.params)),
        "responseElements": None,
        "requestID": request_id,
        "eventID": entry["EventId"],
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": asked.scope.account,
        **_failure(answer),
    }


def _without_secrets(params: Entry) -> Entry:
    return {name: value for name, value in params.items() if name not in _SECRET}


def _identity(principal: Principal) -> Entry:
    whole = {
        "type": "AssumedRole" if principal.role_arn else "IAMUser",
        "principalId": principal.id,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": principal.access_key,
    }
    if not principal.role_arn:
        return whole | {"userName": principal.name}
    issuer = {"type": "Role", "arn": principal.role_arn, "userName": principal.role_arn.rpartition("/")[2]}
    named = {"sourceIdentity": principal.source_identity} if principal.source_identity else {}
    return whole | {"sessionContext": {"sessionIssuer": issuer, **named}}


def _failure(answer: Response) -> Entry:
    code = answer.headers.get("x-amzn-ErrorType")
    if not code:
        return {} if answer.status < 400 else {"errorCode": f"HTTP {answer.status}"}
    return {"errorCode": code, "errorMessage": json.loads(answer.body).get("message", "")}
