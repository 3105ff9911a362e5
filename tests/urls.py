"""The addresses of the product, and those of the example app."""

from django.urls import include, path

from ecsdash.urls import handler429 as handler429
from ecsdash.urls import handler500 as handler500
from ecsdash.urls import urlpatterns as product

urlpatterns = [*product, path("", include("tests.example.urls"))]
