"""Table columns of account settings."""

from clusters.selectors.account_settings import explanation_of, shown_value
from ecsdash.web.tables.cells import mono
from ecsdash.web.tables.columns import Column

ACCOUNT_SETTINGS = [
    Column("label", "Setting", value=lambda row: explanation_of(row).label or row.name),
    Column("value", "Value", path="value", cell=lambda row, value: shown_value(row)),
    Column("effect", "What it changes", priority=2, value=lambda row: explanation_of(row).effect),
    Column("name", "Name in ECS", path="name", cell=mono, priority=3),
]
