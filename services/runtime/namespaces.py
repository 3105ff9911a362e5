"""Condition, look-up and reader of Cloud Map namespaces and their services."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, condition, lookup, reader
from ecsdash.operations.refs import STEP_TAG


@condition
def namespace_gone(aws: Aws, namespace: str) -> Progress:
    gone = _found(aws, namespace) is None
    return Progress(int(gone), 1, "Deleted" if gone else "The namespace is being deleted", finished=gone)


@lookup
def registry_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the Cloud Map service of this name in the namespace, if this step created it."""
    within = [{"Name": "NAMESPACE_ID", "Values": [params["NamespaceId"]], "Condition": "EQ"}]
    for each in aws.collect("servicediscovery.list_services", "Services", Filters=within):
        if each["Name"] == params["Name"]:
            tags = aws.call("servicediscovery.list_tags_for_resource", ResourceARN=each["Arn"]).data["Tags"]
            if tag_dict(tags).get(STEP_TAG) == step_id:
                return {"Service": each}
    return None


@reader
def namespace(aws: Aws, namespace: str) -> dict[str, Any] | None:
    """Return the name of the namespace with this ID; None if it does not exist."""
    found = _found(aws, namespace)
    return None if found is None else {"name": found["Name"]}


def _found(aws: Aws, identifier: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = aws.call("servicediscovery.get_namespace", Id=identifier).data["Namespace"]
    except NotFound:
        return None
    return found
