from clusters.models import Cluster
from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register


@register
class EditClusterTags(TagAction):
    name = "edit_cluster_tags"
    resource_type = Cluster
    path = "clusters/<str:cluster>/tags/edit/"
    watches = ("clusters",)
