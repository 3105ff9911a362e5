"""Table columns of restore points."""

from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from services.tables import cells

RESTORE_POINTS = [
    Column("steady", "Steady since", path="steady_at", filter="", cell=ago),
    Column("revision", "Task definition", cell=cells.restore_point_revision),
    Column("tasks", "Desired tasks", align="end"),
]
