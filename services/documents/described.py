"""Documents from the answers of ECS: members that ECS sets are left out, absent values are dropped."""

from collections.abc import Mapping
from typing import Any, Final

from services.documents.kinds import Document, DocumentKind

#: Members of a described task definition that RegisterTaskDefinition does not accept.
SET_BY_ECS: Final = frozenset({
    "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
    "registeredBy", "deregisteredAt", "deleteRequestedAt",
})  # fmt: skip
#: Members of a described service that CreateService does not accept.
SET_ON_SERVICES: Final = frozenset({
    "serviceArn", "clusterArn", "status", "runningCount", "pendingCount", "deployments", "taskSets", "events",
    "createdAt", "createdBy", "roleArn", "platformFamily", "currentServiceDeployment", "currentServiceRevisions",
    "resourceManagementType",
})  # fmt: skip
READ_ONLY: Final = {DocumentKind.TASK_DEFINITION: SET_BY_ECS, DocumentKind.SERVICE: SET_ON_SERVICES}
#: Members that a described service has in its primary deployment only.
IN_DEPLOYMENT: Final = ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations")
#: What the ARN of the role that ECS makes for itself holds. CreateService does not take it.
OF_ECS: Final = (":role/aws-service-role/", "/AWSServiceRoleForECS")


def task_definition_of(description: Mapping[str, Any]) -> Document:
    """Return the parameters that register the same task definition again."""
    content = {name: value for name, value in description.items() if name not in SET_BY_ECS}
    return Document(DocumentKind.TASK_DEFINITION, _dict(present(content)))


def service_of(description: Mapping[str, Any]) -> Document:
    """Return the parameters that create the same service again."""
    content = {name: value for name, value in description.items() if name not in SET_ON_SERVICES}
    primary = _primary(description)
    for name in IN_DEPLOYMENT:
        if name in primary:
            content.setdefault(name, primary[name])
    if description.get("clusterArn"):
        content = {"cluster": description["clusterArn"], **content}
    role = description.get("roleArn")
    if isinstance(role, str) and role and not any(each in role for each in OF_ECS):
        content["role"] = role
    if content.get("capacityProviderStrategy"):
        content.pop("launchType", None)
    if content.get("schedulingStrategy") == "DAEMON":
        content.pop("desiredCount", None)
    return Document(DocumentKind.SERVICE, _dict(present(content)))


def present(value: Any) -> Any:
    """Return a copy without members that are null or empty; entries of lists stay."""
    if isinstance(value, Mapping):
        kept = {name: present(member) for name, member in value.items()}
        return {name: member for name, member in kept.items() if member is not None and member not in ([], {})}
    if isinstance(value, list):
        return [present(entry) for entry in value]
    return value


def _primary(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the primary deployment of a described service, empty without one."""
    deployments = description.get("deployments")
    for each in deployments if isinstance(deployments, list) else []:
        if isinstance(each, Mapping) and each.get("status") == "PRIMARY":
            return each
    return {}


def _dict(value: Any) -> dict[str, Any]:
    return dict(value)
