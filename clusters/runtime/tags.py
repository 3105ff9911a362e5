"""Reader of the tags of ECS resources."""

from collections.abc import Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AwsError, NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import reader

#: The error codes of ListTagsForResource for a resource that does not exist.
UNKNOWN = ("InvalidParameterException", "ClientException")


@reader
def resource_tags(aws: Aws, arn: str, keys: Sequence[str]) -> dict[str, Any] | None:
    """Return the values of these tags, None for those that are not set; None if the resource does not exist."""
    try:
        tags = tag_dict(aws.call("ecs.list_tags_for_resource", resourceArn=arn).data.get("tags"))
    except AwsError as error:
        if isinstance(error, NotFound) or error.code in UNKNOWN:
            return None
        raise
    return {key: tags.get(key) for key in keys}
