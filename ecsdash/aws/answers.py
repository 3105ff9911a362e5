"""What counts as an answer of AWS. Everything else is treated like a lost answer: the call may have taken effect.

botocore takes an answer that it cannot read for an empty one, does not compare its length with what the server
promised, and splits a text into characters where the model has a list. Here, at arrival and for every client:

- The body is as long as promised, and in the service's protocol: a JSON object, or XML whose root is a response.
  It is empty only where the operation returns nothing, and then AWS's request ID is in the headers.
- What is present has the type of the model, and a list holds no null.
- Descriptions of what the dashboard keeps or waits for name it (`IDENTITY`).
- What the operation is for is present (`subjects`): the list of a list operation, the thing that was changed. Where
  nothing is named so, at least one member is.

Nothing else can be required: AWS leaves out most members that its model lists.
"""

import json
import re
from functools import lru_cache
from typing import Any, Final

from botocore.exceptions import DataNotFoundError
from botocore.model import OperationModel
from botocore.parsers import (
    PROTOCOL_PARSERS,
    BaseJSONParser,
    ResponseParser,
    ResponseParserError,
    ResponseParserFactory,
)

from ecsdash.aws.errors import NotAnAnswer
from ecsdash.aws.json_reading import reader_of
from ecsdash.aws.service_models import LOADER

#: Members without which a description is of no use, by the name of the shape in the service's model.
IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "Cluster": ("clusterArn", "clusterName", "status"),
    "Service": ("serviceArn", "serviceName", "status"),
    "Task": ("taskArn", "lastStatus"),
    "TaskDefinition": ("taskDefinitionArn", "family", "revision"),
    "ContainerInstance": ("containerInstanceArn", "status"),
    "CapacityProvider": ("name",),
    "ServiceDeployment": ("serviceDeploymentArn", "status"),
    "AutoScalingGroup": ("AutoScalingGroupName",),
    "LoadBalancer": ("LoadBalancerArn",),
    "TargetGroup": ("TargetGroupArn",),
    "Listener": ("ListenerArn",),
    "LaunchTemplate": ("LaunchTemplateId",),
    "Instance": ("InstanceId",),
    "Rule": ("RuleArn",),
    "Role": ("RoleName", "Arn"),
    "InstanceProfile": ("InstanceProfileName", "Arn"),
    "AccessPointDescription": ("AccessPointId", "LifeCycleState"),
    "FileSystemDescription": ("FileSystemId", "LifeCycleState"),
    "MountTargetDescription": ("MountTargetId", "SubnetId", "LifeCycleState"),
    "CreateSecretResponse": ("ARN",),
    "CreateSecurityGroupResult": ("GroupId",),
    "CreateQueueResult": ("QueueUrl",),
    "PutRuleResponse": ("RuleArn",),
}  # fmt: skip
#: Operations whose lists AWS leaves out when they are empty.
LEFT_OUT_WHEN_EMPTY: Final = {"ReceiveMessage", "ListQueues"}
#: Operations whose answers held nothing in former versions of their API.
MAY_SAY_NOTHING: Final = {"RegisterScalableTarget", *LEFT_OUT_WHEN_EMPTY}
#: Operations whose subject is not in their name.
NAMED_OTHERWISE: Final = {"AssumeRole": ("Credentials",)}
READING: Final = ("Describe", "List")
XML: Final = ("query", "ec2")
#: Its lists and answers follow rules of their own; only the audit trail's copy is there.
UNCHECKED: Final = {"s3"}
MOST_HEAD: Final = 1000  # bytes in front of the end of the root's name
_XML_ROOT = re.compile(r"\A\s*+(?:<\?xml[^>]{0,200}\?>\s*+)?<(\w{1,200})")


def use_in(core: Any) -> None:
    """Let every client of the botocore session read and check answers by these rules."""
    core.register_component("response_parser_factory", _StrictParsers())
    core.register("after-call", _check)


class _Strict(ResponseParser):
    """Raises ResponseParserError for whatever does not fit the model."""

    def parse(self, response: Any, shape: Any) -> Any:
        try:
            return super().parse(response, shape)
        except ResponseParserError:
            raise
        except Exception as error:
            raise ResponseParserError(f"{type(error).__name__} while the response was read") from error

    def _handle_structure(self, shape: Any, value: Any) -> Any:
        parsed = super()._handle_structure(shape, value)  # type: ignore[misc]  # of the protocol's parser
        for name in IDENTITY.get(shape.name, ()):
            if name in shape.members and name not in parsed:
                raise ResponseParserError(f"{name} is missing in a {shape.name}")
        return parsed


class _StrictJson(_Strict, BaseJSONParser):
    """The body of a JSON answer, and all of it where the protocol has no members outside of the body."""

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        parser: Any = self
        others = {"timestamp": parser._timestamp_parser, "blob": parser._blob_parser}
        return reader_of(shape, others, IDENTITY)(parser._parse_body_as_json(raw_body))

    def _handle_string(self, shape: Any, value: Any) -> str:
        """Read a text of a REST answer, whose members are read one by one."""
        if not isinstance(value, str):
            raise ResponseParserError(f"{type(value).__name__} in place of a text")
        return value

    def _handle_list(self, shape: Any, node: Any) -> Any:
        if not isinstance(node, list) or None in node:
            raise ResponseParserError(f"{shape.name} is not a list")
        return super()._handle_list(shape, node)  # type: ignore[misc]


class _StrictParsers(ResponseParserFactory):
    """Creates the parser of a protocol. (botocore creates one for each response.)"""

    def create_parser(self, protocol_name: str) -> Any:
        return _strict_class(protocol_name)(**self._defaults)  # type: ignore[attr-defined]


@lru_cache(maxsize=16)
def _strict_class(protocol: str) -> type[ResponseParser]:
    parser: Any = PROTOCOL_PARSERS[protocol]
    base = _StrictJson if issubclass(parser, BaseJSONParser) else _Strict
    return type(f"Strict{parser.__name__}", (base, parser), {})


def _check(**event: Any) -> None:
    """Raise NotAnAnswer for a response that is no answer of AWS. Errors are judged by their codes (errors.py)."""
    response, model = event["http_response"], event["model"]
    if model.has_streaming_output or model.has_event_stream_output or model.service_model.service_name in UNCHECKED:
        return
    promised = response.headers.get("Content-Length", "")
    if promised.isdigit() and len(response.content) < int(promised):
        raise NotAnAnswer(f"The response ended after {len(response.content)} of {promised} bytes.")
    if response.status_code < 300 and (problem := _problem(model, response, event["parsed"])):
        raise NotAnAnswer(f"{model.name}: {problem}.")


def _problem(model: OperationModel, response: Any, parsed: dict[str, Any]) -> str:
    """Return what is wrong with the response to a call that succeeded; empty when it is an answer."""
    body = response.content
    if not body:
        signed = "x-amzn-requestid" in response.headers or "x-amz-request-id" in response.headers
        return "" if signed and not _members(model) else "the response is empty"
    if model.service_model.resolved_protocol in XML:
        root = _XML_ROOT.match(body[:MOST_HEAD].decode("ascii", "replace"))
        if root is None or not root.group(1).endswith("Response"):
            return "the response is not of this API"
    elif len(parsed) <= 1 and not _is_object(body):  # nothing but the metadata
        return "the response is no JSON object"
    missing = [name for name in subjects(model) if name not in parsed]
    if missing:
        return f"{missing[0]} is missing in the response"
    silent = len(parsed) <= 1 and _members(model) and model.name not in MAY_SAY_NOTHING
    return "the response says nothing" if silent else ""


def _members(model: OperationModel) -> dict[str, Any]:
    return dict(model.output_shape.members) if model.output_shape else {}


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


@lru_cache(maxsize=512)
def _first_result(service: str, operation: str) -> str:
    """Return the member with the items of a list that has pages; empty for other operations."""
    try:
        pages = LOADER.load_service_model(service, "paginators-1")["pagination"]
    except DataNotFoundError:
        return ""
    keys = pages.get(operation, {}).get("result_key", "")
    return str(keys[0] if isinstance(keys, list) else keys).partition(".")[0]


_subjects: dict[tuple[str, str], tuple[str, ...]] = {}


def subjects(model: OperationModel) -> tuple[str, ...]:
    """Return the members that every answer of the operation holds: what the operation is for.

    These are the items of its list, else the lists and structures that its name names (`RunTask`: `tasks`), else the
    only list of an operation that reads.
    """
    key = (model.service_model.service_name, model.name)
    if key not in _subjects:
        _subjects[key] = _subjects_of(model)
    return _subjects[key]


def _subjects_of(model: OperationModel) -> tuple[str, ...]:
    if model.name in LEFT_OUT_WHEN_EMPTY:
        return ()
    if model.name in NAMED_OTHERWISE:
        return NAMED_OTHERWISE[model.name]
    members = _members(model)
    first = _first_result(model.service_model.service_name, model.name)
    if first in members:
        return (first,)
    parts = [name for name, shape in members.items() if shape.type_name in ("list", "structure")]
    named = tuple(name for name in parts if _stem(name) in model.name.lower())
    reads = model.name.startswith(READING)
    return named or (tuple(parts) if reads and len(parts) == 1 else ())


def _stem(member: str) -> str:
    """`taskDefinitionArns` -> `taskdefinition`, as in `ListTaskDefinitions`."""
    return member.lower().removesuffix("s").removesuffix("arn")
