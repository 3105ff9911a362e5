from django.urls import URLPattern, path

from ecsdash.operations import views
from ecsdash.operations.actions import ACTIONS

app_name = "operations"
urlpatterns = [
    path("operations/running/", views.running_operations, name="running"),
    path("operations/", views.operation_list, name="list"),
    path("operations/<uuid:pk>/", views.operation_detail, name="detail"),
    path("operations/<uuid:pk>/cancel/", views.operation_cancel, name="cancel"),
    path("operations/<uuid:pk>/retry/", views.operation_retry, name="retry"),
    path("operations/<uuid:pk>/undo/", views.operation_undo, name="undo"),
    path("plans/<uuid:pk>/", views.draft_detail, name="draft"),
    path("plans/<uuid:pk>/confirm/", views.draft_confirm, name="confirm"),
]


def action_patterns() -> list[URLPattern]:
    """One address per registered action, below `/<account>/<region>/`; mounted with the namespace `actions`."""
    return [path(action.path, views.action_page, {"action": name}, name=name) for name, action in ACTIONS.items()]
