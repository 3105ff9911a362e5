"""What API calls changed in clusters that somebody made outside the dashboard."""

from clusters.models import Cluster
from ecsdash.access.references import tail
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.subjects import Subject, settings_of, subject
from ecsdash.inventory import former_states


@subject(
    "ecs.update_cluster", "ecs.update_cluster_settings", "ecs.put_cluster_capacity_providers", "ecs.delete_cluster"
)
def changed_cluster(change: ExternalChange) -> Subject | None:
    name = tail(str(change.request.get("cluster", "default")))
    row = Cluster.objects.in_scope(change.account, change.region).filter(name=name).first()
    if row is None:
        return None
    after = settings_of(change)
    known = former_states.settings_at(row, change.happened_at)
    before = {each: known[each] for each in after if each in known} or None
    return Subject("cluster", row.arn, row.name, row.access_target(), before, after, touches=("clusters",))
