from django.urls import path

from ecsdash.inventory import views

app_name = "inventory"
urlpatterns = [
    path("settings/accounts/", views.account_list, name="accounts"),
    path("settings/accounts/new/", views.new_account, name="new_account"),
    path("settings/accounts/<slug:alias>/", views.account, name="account"),
    path("settings/accounts/<slug:alias>/connection/", views.account_connection, name="account_connection"),
    path("settings/accounts/<slug:alias>/test/", views.test_account, name="test_account"),
    path("settings/accounts/<slug:alias>/policies/", views.account_policies, name="account_policies"),
    path("settings/accounts/<slug:alias>/remove/", views.remove_account, name="remove_account"),
    path("settings/sweeps/", views.sweep_list, name="sweeps"),
    path("settings/events/", views.event_feeds, name="event_feeds"),
    path("<slug:account>/<slug:region>/events/", views.event_feed, name="event_feed"),
]
