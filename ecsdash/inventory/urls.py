from django.urls import path

from ecsdash.inventory import views

app_name = "inventory"
urlpatterns = [
    path("settings/accounts/", views.account_list, name="accounts"),
    path("settings/accounts/new/", views.new_account, name="new_account"),
    path("settings/accounts/<slug:alias>/", views.account, name="account"),
]
