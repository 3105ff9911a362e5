from django.urls import path

from ecsdash.web import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("preferences/theme/", views.choose_theme, name="choose_theme"),
    path("preferences/rows/", views.choose_rows, name="choose_rows"),
    path("preferences/columns/", views.choose_columns, name="choose_columns"),
]
