from django.urls import path

from ecsdash.inventory.views import accounts, connection, events, sweeps

app_name = "inventory"
urlpatterns = [
    path("settings/accounts/", accounts.account_list, name="accounts"),
    path("settings/accounts/new/", accounts.new_account, name="new_account"),
    path("settings/accounts/<slug:alias>/", accounts.account, name="account"),
    path("settings/accounts/<slug:alias>/connection/", connection.account_connection, name="account_connection"),
    path("settings/accounts/<slug:alias>/test/", connection.test_account, name="test_account"),
    path("settings/accounts/<slug:alias>/policies/", connection.account_policies, name="account_policies"),
    path("settings/accounts/<slug:alias>/remove/", accounts.remove_account, name="remove_account"),
    path("settings/sweeps/", sweeps.sweep_list, name="sweeps"),
    path("settings/events/", events.event_feeds, name="event_feeds"),
    path("<slug:account>/<slug:region>/events/", events.event_feed, name="event_feed"),
]
