from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import lookup
from ecsdash.operations.refs import STEP_TAG


@lookup
def role_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """The role of that name, if this very step created it."""
    try:
        found = aws.call("iam.get_role", RoleName=params["RoleName"]).data["Role"]
    except NotFound:
        return None
    return {"Role": found} if tag_dict(found.get("Tags")).get(STEP_TAG) == step_id else None
