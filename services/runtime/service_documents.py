"""Reader of the document of a service."""

from collections.abc import Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.masking import mask
from ecsdash.operations.hooks import reader
from services.documents.service import document_of


@reader
def service_document(aws: Aws, cluster: str, service: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return the status and members of the document, hidden values as fingerprints; None if there is no such
    service."""
    try:
        answer = aws.call("ecs.describe_services", cluster=cluster, services=[service], include=["TAGS"]).data
    except NotFound:
        return None
    found = next(iter(answer.get("services", [])), None)
    if found is None or found["status"] == "INACTIVE":
        return None
    document = document_of(found, tag_dict(found.get("tags")))
    return {"status": found["status"], **{name: mask({name: document.get(name)})[name] for name in names}}
