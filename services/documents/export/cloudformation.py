"""Documents as CloudFormation templates: members of the API become PascalCase properties."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.aws.shapes import Shape
from services.documents.kinds import Document, DocumentKind

TYPES: Final = {
    DocumentKind.TASK_DEFINITION: ("TaskDefinition", "AWS::ECS::TaskDefinition"),
    DocumentKind.SERVICE: ("Service", "AWS::ECS::Service"),
}
#: Members whose property is not the member with a capital first letter.
RENAMED: Final = {
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "efsVolumeConfiguration.fileSystemId": "FilesystemId",
    "authorizationConfig.iam": "IAM",
    "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration": "S3FilesVolumeConfiguration",
    "proxyConfiguration.properties": "ProxyConfigurationProperties",
    "placementStrategy": "PlacementStrategies",
}
#: Members that the resources do not have.
ABSENT: Final = frozenset({"clientToken", "trustedExecutionConfiguration", "gatewayConnectors.deregistrationDelay"})


def template(document: Document) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the template with the document as its resource, and the members that were left out."""
    name, kind = TYPES[document.kind]
    left_out: list[str] = []
    properties = _properties(document.content, document.kind.members, "", left_out)
    resources = {name: {"Type": kind, "Properties": properties}}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, tuple(left_out)


def property_of(member: str, parent: str) -> str:
    """Return the property of a member of `parent`, the name of the member around it; "" if there is none."""
    path = f"{parent}.{member}"
    if member in ABSENT or path in ABSENT:
        return ""
    return RENAMED.get(path) or RENAMED.get(member) or member[:1].upper() + member[1:]


def _properties(value: Any, member: Shape | None, parent: str, left_out: list[str]) -> Any:
    if isinstance(value, list):
        return [_properties(each, member and member.entry, parent, left_out) for each in value]
    if not isinstance(value, Mapping) or member is None or member.kind != "structure":
        return value
    found = {}
    for name, each in value.items():
        if renamed := property_of(name, parent):
            found[renamed] = _properties(each, member.below(name), name, left_out)
        else:
            left_out.append(name)
    return found
