from django.urls import path

from clusters.views import account_settings, capacity_providers, clusters, container_instances

app_name = "clusters"
BASE = "<slug:account>/<slug:region>/clusters/"
urlpatterns = [
    path(
        "<slug:account>/<slug:region>/capacity-providers/<str:capacity_provider>/",
        capacity_providers.capacity_provider_detail,
        name="capacity_provider",
    ),
    path("<slug:account>/<slug:region>/ecs-settings/", account_settings.account_setting_list, name="account_settings"),
    path(BASE, clusters.cluster_list, name="list"),
    path(BASE + "<str:cluster>/", clusters.cluster_detail, name="detail"),
    path(BASE + "<str:cluster>/instances/", container_instances.instance_list, name="instances"),
    path(BASE + "<str:cluster>/instances/<str:instance>/", container_instances.instance_detail, name="instance"),
    path(BASE + "<str:cluster>/capacity/", clusters.cluster_capacity, name="capacity"),
    path(BASE + "<str:cluster>/configuration/", clusters.cluster_configuration, name="configuration"),
    path(BASE + "<str:cluster>/tags/", clusters.cluster_tags, name="tags"),
]
