"""What is announced below the audit trail is recorded here. An exception here rolls the announced change back."""

from typing import Any

from django.dispatch import receiver

from ecsdash.access.models import User
from ecsdash.access.signals import access_changed
from ecsdash.audit.record import record


@receiver(access_changed)
def record_access_change(
    actor: User | None,
    source_ip: str,
    action: str,
    resource_type: str,
    resource_name: str,
    changes: list[dict[str, Any]],
    **kwargs: Any,
) -> None:
    record(
        actor=actor,
        source_ip=source_ip,
        action=action,
        resource_type=resource_type,
        resource_name=resource_name,
        changes=changes,
    )
