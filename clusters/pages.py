"""What every page of one cluster shares: its crumbs, its tabs, how current it is."""

from typing import Any

from django.urls import reverse

from clusters.models import Cluster
from ecsdash.aws.explain import Explanation, explain
from ecsdash.inventory.freshness import Freshness
from ecsdash.operations.actions import ACTIONS, ActionContext


def cluster_context(cluster: Cluster, tab: str, *more: tuple[str, str]) -> dict[str, Any]:
    """The context of a page that extends `clusters/cluster_base.html`.

    `tab` is overview, services, tasks, instances, capacity, metrics, configuration or tags; `more` are crumbs below
    the cluster's own.
    """
    kwargs = cluster.url_kwargs()
    return {
        "cluster": cluster,
        "tab": tab,
        "crumbs": [
            ("Clusters", reverse("clusters:list", args=[kwargs["account"], kwargs["region"]])),
            (cluster.name, reverse("clusters:detail", kwargs=kwargs)),
            *more,
        ],
    }


def table_states(state: Freshness, rows: bool) -> dict[str, Any]:
    """The `error` and `loading` of a table: an error takes the table's place only when there is nothing to show."""
    return {"error": trouble(state) if not rows else None, "loading": state.loading}


def trouble(state: Freshness) -> Explanation | None:
    """The error card of a page's nouns when AWS did not answer the last sweep."""
    return explain("Unavailable", state.error_code, state.error) if state.error else None


def way_out(action_name: str, context: ActionContext) -> dict[str, Any]:
    """The button in an empty table, for those who may press it."""
    action = ACTIONS[action_name]
    if not action.may_open(context):
        return {}
    place = context.resource or context.scope
    return {"empty_url": reverse(action.url_name, kwargs=place.url_kwargs()), "empty_action": action.label}
