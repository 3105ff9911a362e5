"""JSON schemas of the documents that ECS takes, for the JSON editor."""

from typing import Final

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ecsdash.aws.schemas import schema

CALLS: Final = {
    "task-definition": "ecs.register_task_definition",
    "service": "ecs.create_service",
    "task": "ecs.run_task",
}


@require_safe
@cache_control(private=True, max_age=3600)
def document_schema(request: HttpRequest, name: str) -> JsonResponse:
    """Return the schema of a kind of document. It is the same for everybody: AWS's public model."""
    if name not in CALLS:
        raise Http404(f"There is no document called {name}.")
    return JsonResponse(schema(CALLS[name]))
