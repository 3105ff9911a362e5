"""The heading, the breadcrumbs and the tabs of the pages of one cluster."""

from typing import Any

from clusters.models import Cluster
from ecsdash.web.heading import Heading
from ecsdash.web.tone import Tone


def cluster_context(cluster: Cluster, tab: str, *more: tuple[str, str]) -> dict[str, Any]:
    """Return the context of a page that extends `clusters/cluster_base.html`.

    `tab` is overview, services, tasks, instances, capacity, metrics, events, configuration or tags; `more` are crumbs
    below the cluster.
    """
    kwargs = cluster.url_kwargs()
    return {
        "cluster": cluster,
        "tab": tab,
        "heading": Heading(
            cluster.name,
            f"Cluster in {kwargs['account']} / {kwargs['region']}",
            "Deleted" if cluster.gone_at else cluster.status,
            Tone.IDLE if cluster.gone_at else cluster.tone,
            view=more[-1][0] if more else "",
        ),
        "crumbs": [*cluster.crumbs(), *more],
    }
