from django.urls import path

from ecsdash.audit import access_review, settings_views, views

app_name = "audit"
urlpatterns = [
    path("audit/", views.events, name="events"),
    path("audit/export/", views.export_events, name="export"),
    path("audit/verify/", views.verification, name="verification"),
    path("settings/audit/", settings_views.audit_settings, name="settings"),
    path("settings/audit/evidence/", settings_views.evidence_pack, name="evidence"),
    path("settings/access-review/", access_review.access_review, name="access_review"),
    path("audit/<int:seq>/", views.event, name="event"),
]
