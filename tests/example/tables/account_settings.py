from ecsdash.web.tables.cells import mono
from ecsdash.web.tables.columns import Column

ACCOUNT_SETTINGS = [
    Column("name", "Setting", path="name"),
    Column("value", "Value", path="value", cell=mono),
]
