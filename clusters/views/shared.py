"""What every page of one cluster shares: its crumbs, its tabs, how current it is."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from clusters.models import Cluster
from ecsdash.aws.explain import Explanation, explain
from ecsdash.inventory.freshness import Freshness
from ecsdash.inventory.models import Resource
from ecsdash.inventory.scope import Scope, ScopeSelection
from ecsdash.operations.actions import ACTIONS, ActionContext
from ecsdash.web.tables.cells import account
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.filters import Few


def cluster_context(cluster: Cluster, tab: str, *more: tuple[str, str]) -> dict[str, Any]:
    """The context of a page that extends `clusters/cluster_base.html`.

    `tab` is overview, services, tasks, instances, capacity, metrics, events, configuration or tags; `more` are crumbs
    below the cluster's own.
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


def table_states(state: Freshness) -> dict[str, Any]:
    """The `error` and `loading` of a table, which are shown when there is nothing else to show."""
    return {"error": trouble(state), "loading": state.loading}


def with_places(columns: Sequence[Column], selection: ScopeSelection) -> list[Column]:
    """A list that shows several scopes says in which one each row lies."""
    if selection.only:
        return list(columns)
    accounts = {scope.account.alias: scope.account.pk for scope in selection.scopes}
    regions = {scope.region: scope.region for scope in selection.scopes}
    return [
        columns[0],
        Column("account", "Account", sort="account__alias", filter="account__alias", cell=account,
               value=lambda row: row.account.alias, few=Few("account", lambda: accounts, in_turn=True)),
        Column("region", "Region", sort="region", filter="region", few=Few("region", lambda: regions), secondary=True),
        *columns[1:],
    ]  # fmt: skip


def trouble(state: Freshness) -> Explanation | None:
    """The error card of a page's nouns when AWS did not answer the last sweep."""
    return explain("Unavailable", state.error_code, state.error) if state.error else None


def way_out(action_name: str, user: Any, scope: Scope | None, resource: Resource | None = None) -> dict[str, Any]:
    """The button in an empty table, for those who may press it; of several scopes, none is the one to create in."""
    action = ACTIONS[action_name]
    if scope is None or not action.may_open(ActionContext(scope, user, resource)):
        return {}
    place = resource or scope
    return {"empty_url": reverse(action.url_name, kwargs=place.url_kwargs()), "empty_action": action.label}
