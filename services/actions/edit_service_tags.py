from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register
from services.models import Service


@register
class EditServiceTags(TagAction):
    name = "edit_service_tags"
    resource_type = Service
    path = "services/<str:cluster>/<str:service>/tags/"
    watches = ("services",)
