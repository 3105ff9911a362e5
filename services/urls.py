from django.urls import path

from services.views import (
    cluster_events,
    deployments,
    express,
    logs,
    metrics,
    overview,
    ownership,
    reveal,
    search,
    services,
    task_definitions,
    tasks,
)

app_name = "services"
SCOPE = "<slug:account>/<slug:region>/"
SERVICE = SCOPE + "services/<str:cluster>/<str:service>/"
FAMILY = SCOPE + "task-definitions/<str:family>/"
urlpatterns = [
    path("", overview.fleet_overview, name="overview"),
    path("search/", search.search_page, name="search"),
    path(SCOPE + "express/", express.express, name="express"),
    path(SCOPE + "services/", services.service_list, name="services"),
    path(SCOPE + "services/new/", services.service_new, name="service_new"),
    path(SCOPE + "clusters/<str:cluster>/services/", services.cluster_services, name="cluster_services"),
    path(SERVICE, services.service_detail, name="service"),
    path(SERVICE + "events/", services.service_events, name="service_events"),
    path(SERVICE + "logs/", logs.service_logs, name="service_logs"),
    path(SERVICE + "metrics/", metrics.service_metrics, name="service_metrics"),
    path(SERVICE + "networking/", services.service_networking, name="service_networking"),
    path(SERVICE + "configuration/", services.service_configuration, name="service_configuration"),
    path(SERVICE + "deployments/", deployments.service_deployments, name="service_deployments"),
    path(SERVICE + "deployments/<str:deployment>/", deployments.deployment_detail, name="deployment"),
    path(SCOPE + "deployments/", deployments.deployment_list, name="deployments"),
    path(SCOPE + "task-definitions/", task_definitions.family_list, name="task_definitions"),
    path(FAMILY, task_definitions.family_detail, name="task_definition_family"),
    path(FAMILY + "<int:revision>/", task_definitions.revision_detail, name="task_definition"),
    path(FAMILY + "<int:revision>/reveal/", reveal.of_task_definition, name="task_definition_reveal"),
    path(FAMILY + "diff/", task_definitions.choose_diff, name="task_definition_choose_diff"),
    path(FAMILY + "diff/<int:before>..<int:after>/", task_definitions.revision_diff, name="task_definition_diff"),
    path(SCOPE + "ownership/", ownership.who_owns_what, name="ownership"),
    path(SCOPE + "tasks/", tasks.task_list, name="tasks"),
    path(SCOPE + "tasks/<str:task>/", tasks.task_detail, name="task"),
    path(SCOPE + "tasks/<str:task>/reveal/", reveal.of_task, name="task_reveal"),
    path(SCOPE + "clusters/<str:cluster>/tasks/", tasks.cluster_task_list, name="cluster_tasks"),
    path(SCOPE + "clusters/<str:cluster>/events/", cluster_events.cluster_events, name="cluster_events"),
]
