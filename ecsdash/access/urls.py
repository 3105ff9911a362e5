from django.urls import path

from ecsdash.access.views import grants, import_rules, rules, settings, teams, users

app_name = "access"
urlpatterns = [
    path("settings/", settings.index, name="settings"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/<slug:name>/", teams.team, name="team"),
    path("settings/teams/<slug:name>/delete/", teams.delete_team, name="delete_team"),
    path("settings/teams/<slug:name>/members/", teams.add_member, name="add_member"),
    path("settings/teams/<slug:name>/members/<str:username>/remove/", teams.remove_member, name="remove_member"),
    path("settings/grants/", grants.grants, name="grants"),
    path("settings/grants/new/", grants.new_grant, name="new_grant"),
    path("settings/grants/<int:pk>/revoke/", grants.revoke_grant, name="revoke_grant"),
    path("settings/ownership/", rules.rules, name="rules"),
    path("settings/ownership/new/", rules.new_rule, name="new_rule"),
    path("settings/ownership/import/", import_rules.import_rules, name="import_rules"),
    path("settings/ownership/<int:pk>/", rules.edit_rule, name="edit_rule"),
    path("settings/ownership/<int:pk>/delete/", rules.delete_rule, name="delete_rule"),
    path("settings/users/", users.users, name="users"),
    path("settings/users/new/", users.new_user, name="new_user"),
    path("settings/users/<int:pk>/", users.user, name="user"),
    path("settings/users/<int:pk>/password/", users.reset_password, name="reset_password"),
    path("settings/users/<int:pk>/deactivate/", users.deactivate, name="deactivate_user"),
    path("settings/users/<int:pk>/activate/", users.activate, name="activate_user"),
]
