"""URLs of the django-allauth pages in use: sign-in, sign-out and password change, without sign-up and e-mail.

They have no namespace because django-allauth reverses them without one.
"""

from allauth.account import views
from django.urls import path, reverse_lazy

change_password = views.PasswordChangeView.as_view(
    extra_context={"crumbs": [("Settings", reverse_lazy("access:settings")), ("Change password", "")]}
)

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),  # shows that sign-up is closed; the sign-in page reverses it
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", change_password, name="account_change_password"),
]
