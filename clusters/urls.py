from django.urls import path

from clusters import views

app_name = "clusters"
BASE = "<slug:account>/<slug:region>/clusters/"
urlpatterns = [
    path(BASE, views.cluster_list, name="list"),
    path(BASE + "<str:cluster>/", views.cluster_detail, name="detail"),
    path(BASE + "<str:cluster>/instances/", views.instance_list, name="instances"),
    path(BASE + "<str:cluster>/instances/<str:instance>/", views.instance_detail, name="instance"),
    path(BASE + "<str:cluster>/capacity/", views.cluster_capacity, name="capacity"),
    path(BASE + "<str:cluster>/metrics/", views.cluster_metrics, name="metrics"),
    path(BASE + "<str:cluster>/configuration/", views.cluster_configuration, name="configuration"),
    path(BASE + "<str:cluster>/tags/", views.cluster_tags, name="tags"),
]
