from django.urls import URLPattern, path

from ecsdash.operations.actions import ACTIONS
from ecsdash.operations.views import actions, drafts, operations

app_name = "operations"
urlpatterns = [
    path("operations/running/", operations.running_operations, name="running"),
    path("operations/", operations.operation_list, name="list"),
    path("operations/<uuid:pk>/", operations.operation_detail, name="detail"),
    path("operations/<uuid:pk>/cancel/", operations.operation_cancel, name="cancel"),
    path("operations/<uuid:pk>/retry/", operations.operation_retry, name="retry"),
    path("operations/<uuid:pk>/form/", operations.operation_form, name="form"),
    path("operations/<uuid:pk>/undo/", operations.operation_undo, name="undo"),
    path("plans/<uuid:pk>/", drafts.draft_detail, name="draft"),
    path("plans/<uuid:pk>/checks/", drafts.draft_checks, name="checks"),
    path("plans/<uuid:pk>/confirm/", drafts.draft_confirm, name="confirm"),
]


def action_patterns() -> list[URLPattern]:
    """One address per registered action, below `/<account>/<region>/`; mounted with the namespace `actions`."""
    return [path(action.path, actions.action_page, {"action": name}, name=name) for name, action in ACTIONS.items()]
