"""Events of CloudTrail: which of them are changes, who made them, and their parameters as boto3 takes them.

`LookupEvents` and EventBridge ("AWS API Call via CloudTrail") return the same record.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ecsdash.aws import names
from ecsdash.aws.arns import arn
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.store import Record
from ecsdash.masking import mask

Json = Mapping[str, Any]
#: Source of an event -> the service in boto3.
SERVICES: Final = {
    "ecs.amazonaws.com": "ecs",
    "elasticloadbalancing.amazonaws.com": "elbv2",
    "application-autoscaling.amazonaws.com": "application-autoscaling",
    "autoscaling.amazonaws.com": "autoscaling",
}
#: Calls of the ECS agent, which report and change nothing.
OF_AGENTS: Final = frozenset({
    "DiscoverPollEndpoint", "RegisterContainerInstance", "SubmitAttachmentStateChanges", "SubmitContainerStateChange",
    "SubmitTaskStateChange",
})  # fmt: skip
#: Services that start tasks on a schedule or in a workflow. Each run would be a change otherwise.
STARTERS: Final = frozenset({"events.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"})
SERVICE_LINKED: Final = "/aws-service-role/"
LONGEST: Final = 300


def record_of(event: Json, source: ExternalChange.Source) -> Record | None:
    """Return the pending row of an event; None unless somebody changed something."""
    service = SERVICES.get(str(event.get("eventSource")))
    if service is None or not _is_change(event):
        return None
    operation, identity = str(event["eventName"]), dict(event.get("userIdentity") or {})
    parameters = _as_boto3(service, event.get("requestParameters") or {})
    description = {
        "eventName": operation,
        "userIdentity": _shown_identity(identity),
        "parameters": mask(parameters),
        "invokedBy": identity.get("invokedBy", ""),
    }
    columns = {
        "call": names.method_of(service, operation),
        "happened_at": datetime.fromisoformat(str(event["eventTime"])),
        "source": source.value,
        "request_id": str(event.get("requestID", ""))[:100],
        "person": person_of(identity)[:LONGEST],
        "person_arn": str(identity.get("arn", ""))[:2048],
        "source_ip": str(event.get("sourceIPAddress", ""))[:LONGEST],
        "user_agent": str(event.get("userAgent", ""))[:1000],
    }
    event_id = str(event["eventID"])[:100]
    key = arn("cloudtrail", str(event["awsRegion"]), str(event["recipientAccountId"]), f"event/{event_id}")
    return Record(key, event_id, description, {}, columns, version=1)


def person_of(identity: Json) -> str:
    """Return who made the call: the source identity of a session, else the session or user name."""
    context: Json = identity.get("sessionContext") or {}
    name = str(identity.get("arn", "")).rpartition("/")[2]
    if source := context.get("sourceIdentity"):
        return str(source)
    if identity.get("type") == "Root":
        return "root user"
    return str(identity.get("userName") or name or identity.get("principalId") or identity.get("type") or "unknown")


def _is_change(event: Json) -> bool:
    """Failed calls, reads, agents, and AWS services that act for themselves are not changes by somebody."""
    identity: Json = event.get("userIdentity") or {}
    operation = str(event.get("eventName", ""))
    if event.get("errorCode") or event.get("readOnly") in (True, "true") or operation in OF_AGENTS:
        return False
    issuer: Json = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    if identity.get("type") == "AWSService" or SERVICE_LINKED in str(issuer.get("arn", "")):
        return False
    return not (operation in ("RunTask", "StartTask") and identity.get("invokedBy") in STARTERS)


def _shown_identity(identity: Json) -> dict[str, Any]:
    """Return what tells who it was, without the ID of the access key."""
    context: Json = identity.get("sessionContext") or {}
    issuer: Json = context.get("sessionIssuer") or {}
    shown = {name: identity.get(name) for name in ("type", "arn", "userName")}
    shown |= {"role": issuer.get("arn"), "sourceIdentity": context.get("sourceIdentity")}
    return {name: str(value)[:2048] for name, value in shown.items() if value}


def _as_boto3(service: str, parameters: Any) -> Any:
    """Return the parameters with the names that boto3 takes. CloudTrail begins all of them with a small letter; only
    those of ECS do so in the API too."""
    if service == "ecs":
        return parameters
    if isinstance(parameters, Mapping):
        return {str(name)[:1].upper() + str(name)[1:]: _as_boto3(service, value) for name, value in parameters.items()}
    if isinstance(parameters, list):
        return [_as_boto3(service, value) for value in parameters]
    return parameters
