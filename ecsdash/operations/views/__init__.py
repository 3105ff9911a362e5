"""The pages of actions (form), drafts (review) and operations (progress)."""

from ecsdash.operations.views.actions import action_page
from ecsdash.operations.views.drafts import draft_confirm, draft_detail
from ecsdash.operations.views.operations import (
    operation_cancel,
    operation_detail,
    operation_list,
    operation_retry,
    operation_undo,
    running_operations,
)

__all__ = [
    "action_page",
    "draft_confirm",
    "draft_detail",
    "operation_cancel",
    "operation_detail",
    "operation_list",
    "operation_retry",
    "operation_undo",
    "running_operations",
]
