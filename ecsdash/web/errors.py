"""The page of an exception: a server error, or that the database is not available at the moment."""

import sys
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ecsdash.outages import DATABASE_ERRORS
from ecsdash.web.request_ids import request_id

RETRY_SECONDS: Final = 2


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page of the exception that is being handled. It needs neither database nor session."""
    away = isinstance(sys.exc_info()[1], DATABASE_ERRORS)
    status = 503 if away else 500
    page = render_to_string(f"{status}.html", {"banner": settings.BANNER, "request_id": request_id(request)})
    return HttpResponse(page, status=status, headers={"Retry-After": str(RETRY_SECONDS)} if away else None)
