from django.urls import path

from ecsdash.external_changes import views

app_name = "external_changes"
urlpatterns = [
    path("<slug:account>/<slug:region>/external-changes/", views.change_list, name="list"),
    path("<slug:account>/<slug:region>/external-changes/<str:change>/", views.change_detail, name="change"),
    path("<slug:account>/<slug:region>/external-changes/<str:change>/keep/", views.keep_change, name="keep"),
]
