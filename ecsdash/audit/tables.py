from dataclasses import dataclass

from django.urls import reverse

from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.selectors import version, visible_events
from ecsdash.web.tables.cells import ago
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table

COLUMNS = [
    Column("seq", "No.", path="seq", filter="", align="end"),
    Column("at", "Time", path="at", cell=ago),
    Column("actor", "User", path="actor_name", priority=2),
    Column("action", "Action", path="action", value=lambda event: event.title),
    Column("resource", "Resource", path="resource_name", sort="", priority=2, cell="audit/cells.html#resource"),
    Column("account", "Account", path="account", sort="", priority=3),
    Column("region", "Region", path="region", sort="", priority=5),
    Column("cluster", "Cluster", path="cluster", sort="", priority=4),
    Column("service", "Service", path="service", sort="", priority=5),
    Column("outcome", "Outcome", path="outcome", cell="audit/cells.html#outcome"),
    Column("reason", "Reason", path="reason", sort="", priority=5),
]
SEARCH = ["actor_name", "action", "resource_name", "resource_arn", "reason"]


@dataclass
class AuditTable(Table):
    """Table whose export links point to the export view, which checks the permission to export."""

    may_export: bool = False

    @property
    def csv_url(self) -> str:
        return self._export_url("csv")

    @property
    def json_lines_url(self) -> str:
        return self._export_url("jsonl")

    def _export_url(self, format: str) -> str:  # noqa: A002
        query = self.address(format=format, at="").partition("?")[2]
        return f"{reverse('audit:export')}?{query}" if self.may_export else ""


def audit_table(request: UserRequest, *, permission: Permission = Permission.VIEW, may_export: bool) -> AuditTable:
    return AuditTable(
        request, visible_events(request.user, permission), COLUMNS, name="audit", title="Audit", order="-seq",
        search=SEARCH, icon="history", row_url=_event_url, may_export=may_export, version=version(),
        empty="No events yet", empty_hint="Sign-ins and changes made in this dashboard are recorded here.",
    )  # fmt: skip


def _event_url(event: AuditEvent) -> str:
    return reverse("audit:event", args=[event.seq])
