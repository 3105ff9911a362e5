"""Reader of the tags of ECS resources."""

from collections.abc import Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import reader


@reader
def resource_tags(aws: Aws, arn: str, keys: Sequence[str]) -> dict[str, Any] | None:
    """Return the values of these tags, None for those that are not set; None if the resource does not exist."""
    try:
        tags = tag_dict(aws.call("ecs.list_tags_for_resource", resourceArn=arn).data.get("tags"))
    except NotFound:
        return None
    return {key: tags.get(key) for key in keys}
