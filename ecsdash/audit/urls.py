from django.urls import path

from ecsdash.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.events, name="events"),
    path("audit/export/", views.export_events, name="export"),
    path("audit/verify/", views.verification, name="verification"),
    path("audit/<int:seq>/", views.event, name="event"),
]
