"""CloudWatch alarms that trigger scaling policies: the scaled services use them. Others are not in the inventory."""

from collections.abc import Collection, Mapping

from ecsdash.access.ownership import Thing, things
from ecsdash.access.targets import AccessTarget
from services.models import ScalingPolicy
from services.ownership.places import Places, scope, unique


@things("alarm")
def alarms(where: AccessTarget, keys: Collection[str] | None) -> Mapping[str, Thing]:
    at = Places(where).at
    using: dict[str, tuple[AccessTarget, ...]] = {}
    rows = ScalingPolicy.objects.filter(**scope(where)).present().exclude(alarms=None)
    for resource_id, found in rows.values_list("resource_id", "alarms"):
        _, cluster, service = resource_id.split("/", 2)
        for name in (alarm["AlarmName"] for alarm in found):
            if keys is None or name in keys:
                using[name] = unique(using.get(name, ()), (at(cluster, service),))
    return {name: Thing("alarm", name, True, {}, places) for name, places in using.items()}
