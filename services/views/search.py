"""Search in all accounts: the search page, and the list under the search box of the top bar."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ecsdash.inventory.scope import PageRequest
from services.selectors.search import SHORTEST, search

LONGEST = 200


@require_safe
def search_page(request: PageRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    context = {
        "text": text,
        "groups": search(request.user, text),
        "short": len(text) < SHORTEST,
        "crumbs": [("Search", "")],
    }
    template = "services/search.html"
    return render(request, f"{template}#found" if request.GET.get("fragment") == "found" else template, context)
