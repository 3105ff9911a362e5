from django.urls import include, path

from tests.web import guide

urlpatterns = [
    path("", include("ecsdash.web.urls")),
    path("account/", include("ecsdash.access.sign_in_urls")),
    path("operations/running/", guide.running),
    path("guide/", guide.guide_page),
    path("guide/people/", guide.table_page),
    path("guide/live/", guide.live_page),
    path("guide/form/", guide.form_page),
]
