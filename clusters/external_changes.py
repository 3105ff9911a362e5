"""What API calls changed in clusters that somebody made outside the dashboard."""

from clusters.models import Cluster
from ecsdash.access.references import tail
from ecsdash.external_changes.models import ExternalChange
from ecsdash.external_changes.subjects import Subject, former, settings_of, subject


@subject("ecs:UpdateCluster", "ecs:UpdateClusterSettings", "ecs:PutClusterCapacityProviders", "ecs:DeleteCluster")
def changed_cluster(change: ExternalChange) -> Subject | None:
    name = tail(str(change.request.get("cluster", "default")))
    row = Cluster.objects.in_scope(change.account, change.region).filter(name=name).first()
    if row is None:
        return None
    after = settings_of(change)
    before = former(row, change, after)
    return Subject("cluster", row.arn, row.name, row.access_target(), before, after, touches=("clusters",))
