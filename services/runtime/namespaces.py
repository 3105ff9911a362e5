"""Condition and reader of Cloud Map namespaces."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.operations.hooks import Progress, condition, reader


@condition
def namespace_gone(aws: Aws, namespace: str) -> Progress:
    gone = _found(aws, namespace) is None
    return Progress(int(gone), 1, "Deleted" if gone else "The namespace is being deleted", finished=gone)


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
