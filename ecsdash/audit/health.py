"""Warnings of /readyz about the audit trail. They do not make the product unready. The texts are public."""

from ecsdash.audit import checkpoints, roles
from ecsdash.web.health import NotReadyError, register_warning


def database_role() -> None:
    """Raise NotReadyError when the product's database role can change what it has recorded."""
    if found := roles.weaknesses():
        raise NotReadyError("; ".join(found))


def last_checkpoint() -> None:
    """Raise NotReadyError when the trail differs from its last checkpoint."""
    if checkpoints.contradiction():
        raise NotReadyError("the audit trail differs from its last checkpoint: run manage.py audit_verify")


register_warning("audit_role", database_role)
register_warning("audit_trail", last_checkpoint)
