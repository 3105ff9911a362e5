from clusters.models import ContainerInstance
from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register


@register
class EditContainerInstanceTags(TagAction):
    name = "edit_container_instance_tags"
    resource_type = ContainerInstance
    path = "clusters/<str:cluster>/instances/<str:instance>/tags/"
    watches = ("container_instances",)
