from django.urls import path

from ecsdash.operating import views

app_name = "operating"
urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
]
