"""How long operations and drafts are kept. The audit events of operations stay."""

from django.db.models import Q

from ecsdash.inventory.retention import retain
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.states import ACTIVE

#: With their steps. One that was undone stays as long as its undo.
retain(Operation, "ended_at", only=~Q(state__in=ACTIVE) & Q(undos=None), setting="OPERATION_RETENTION_DAYS")
retain(Draft, "created_at", setting="DRAFT_RETENTION_DAYS")
