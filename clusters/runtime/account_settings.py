from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.operations.hooks import reader


@reader
def account_setting_default(aws: Aws, name: str, principal: str) -> dict[str, Any] | None:
    """Return the value of a setting in effect for the principal; None when ECS has no such setting."""
    listed = aws.collect(
        "ecs.list_account_settings", "settings", name=name, effectiveSettings=True, principalArn=principal
    )
    return {"value": listed[0]["value"]} if listed else None
