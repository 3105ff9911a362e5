"""Context processor: values that the layout of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ecsdash.web import nav, preferences
from ecsdash.web.request_ids import request_id


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "banner": settings.BANNER,
        "request_id": request_id(request),
        "theme": preferences.theme(request),
        "operations_url": nav.OPERATIONS,
        "running_url": nav.RUNNING,
        "search_url": nav.SEARCH,
        "all_url": f"/{nav.ALL}/{nav.ALL}/clusters/",
    }
