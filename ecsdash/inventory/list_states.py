"""What lists of the inventory share: their error and loading state, and the columns that name the scope of a row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from ecsdash.aws.explain import Explanation, explain
from ecsdash.inventory.freshness import Freshness
from ecsdash.inventory.scope import ScopeSelection
from ecsdash.web.tables.cells import account
from ecsdash.web.tables.columns import Column, Priority
from ecsdash.web.tables.filters import ValueSet

#: The priority of a column in a list that has two columns more.
LATER: Final[dict[Priority, Priority]] = {3: 4, 4: 5}


def table_states(state: Freshness) -> dict[str, Any]:
    """Return the `error` and `loading` of a table, which are shown when there are no rows."""
    return {"error": sweep_error(state), "loading": state.loading}


def sweep_error(state: Freshness) -> Explanation | None:
    """Return the error card for a page whose last sweep AWS did not answer, None otherwise."""
    return explain("Unavailable", state.error_code, state.error) if state.error else None


def with_scope_columns(columns: Sequence[Column], selection: ScopeSelection) -> list[Column]:
    """Return the columns of a list; one of several scopes shows account and region of each row, before the others."""
    if selection.only:
        return list(columns)
    accounts = {scope.account.alias: scope.account.pk for scope in selection.scopes}
    regions = {scope.region: scope.region for scope in selection.scopes}
    return [
        columns[0],
        Column("account", "Account", path="account__alias", cell=account,
               value_set=ValueSet("account", lambda: accounts, sort_by_value=True)),
        Column("region", "Region", path="region", value_set=ValueSet("region", lambda: regions), priority=5),
        *(replace(column, priority=LATER.get(column.priority, column.priority)) for column in columns[1:]),
    ]  # fmt: skip
