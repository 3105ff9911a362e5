from django.urls import path

from ecsdash.demo import views

app_name = "demo"
urlpatterns = [path("sign-in/<str:token>/", views.sign_in_link, name="sign_in_link")]
