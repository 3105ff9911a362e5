from ecsdash.web.tables.cells import mono
from ecsdash.web.tables.columns import Column

ACCOUNT_SETTINGS = [
    Column("name", "Setting", sort="name", filter="name"),
    Column("value", "Value", sort="value", filter="value", cell=mono),
]
