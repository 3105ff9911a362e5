"""URLs of all apps. Those of actions come before resources: `clusters/new/` is not the name of a cluster."""

from django.conf import settings
from django.urls import include, path

from ecsdash.access.views.too_many import too_many_requests
from ecsdash.operations.urls import action_patterns

handler429 = too_many_requests  # django-allauth looks for it here
urlpatterns = [
    path("", include("ecsdash.web.urls")),
    path("account/", include("ecsdash.access.sign_in_urls")),
    path("", include("ecsdash.access.urls")),
    path("", include("ecsdash.audit.urls")),
    path("", include("ecsdash.operating.urls")),
    path("", include("ecsdash.inventory.urls")),
    path("", include("ecsdash.operations.urls")),
    path("<slug:account>/<slug:region>/", include((action_patterns(), "actions"))),
    path("", include("ecsdash.external_changes.urls")),
    path("", include("services.urls")),
    path("", include("clusters.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("", include("ecsdash.demo.urls")))
handler500 = "ecsdash.web.errors.server_error"
