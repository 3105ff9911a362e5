from typing import Any

from clusters.models import CapacityProvider
from clusters.planning.providers import ProviderAction
from clusters.planning.tags import TagAction
from ecsdash.operations.actions import register


@register
class EditCapacityProviderTags(TagAction, ProviderAction):
    name = "edit_capacity_provider_tags"
    resource_type = CapacityProvider
    path = "capacity-providers/<str:capacity_provider>/tags/"
    watches = ("capacity_providers",)

    def unavailable(self, resource: Any) -> str:
        return ProviderAction.unavailable(self, resource)
