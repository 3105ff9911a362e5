"""The pages of clusters and container instances."""

from clusters.views.clusters import (
    cluster_capacity,
    cluster_configuration,
    cluster_detail,
    cluster_list,
    cluster_metrics,
    cluster_tags,
)
from clusters.views.container_instances import instance_detail, instance_list

__all__ = [
    "cluster_capacity",
    "cluster_configuration",
    "cluster_detail",
    "cluster_list",
    "cluster_metrics",
    "cluster_tags",
    "instance_detail",
    "instance_list",
]
