from django.urls import path

from ecsdash.operating import views

app_name = "operating"
urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("settings/self-check/", views.self_check, name="self_check"),
]
