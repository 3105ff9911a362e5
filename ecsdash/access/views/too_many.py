from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_SECONDS = 60  # django-allauth counts by the minute


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The response of django-allauth's rate limits: sign-in, re-authentication, change of password."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
