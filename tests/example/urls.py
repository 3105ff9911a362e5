from django.urls import path

from tests.example.views import account_settings

app_name = "example"
urlpatterns = [
    path(
        "<slug:account>/<slug:region>/account-settings/",
        account_settings.account_setting_list,
        name="account_settings",
    ),
]
