from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import AccessDenied, NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import lookup
from ecsdash.operations.refs import STEP_TAG


@lookup
def role_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the role of this name, if this step created it."""
    try:
        role = aws.call("iam.get_role", RoleName=params["RoleName"]).data["Role"]
    except NotFound:
        return None
    return {"Role": role} if tag_dict(role.get("Tags")).get(STEP_TAG) == step_id else None


@lookup
def instance_profile_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the instance profile of this name, if this step created it.

    A role limited to the dashboard's own path may not ask for a profile elsewhere, or for one that does not exist.
    """
    try:
        profile = aws.call("iam.get_instance_profile", InstanceProfileName=params["InstanceProfileName"]).data
    except (AccessDenied, NotFound):
        return None
    mine = tag_dict(profile["InstanceProfile"].get("Tags")).get(STEP_TAG) == step_id
    return profile if mine else None
