"""Inventory refresh: age, cost and schedule of each scan. For administrators."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.requests import UserRequest
from ecsdash.access.views.crumbs import below_settings
from ecsdash.aws.errors import Invalid, kind_of
from ecsdash.aws.explain import explain
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.sweeps.registry import SWEEPERS
from ecsdash.inventory.sweeps.run import decisions_for
from ecsdash.inventory.sweeps.schedule import Decision
from ecsdash.web import clock
from ecsdash.web.polling import fragments
from ecsdash.web.tables.columns import Column
from ecsdash.web.tables.table import Table
from ecsdash.web.tone import Tone

CELLS = "inventory/sweep_cells.html"
#: Nouns whose name is not a word.
NAMES = {"vpcs": "VPCs"}


@dataclass(frozen=True)
class ScanStatus:
    """The status of one sweep, and why the last try failed; `due_at` is None while it runs, `reason` says why then."""

    word: str
    tone: Tone
    due_at: datetime | None
    reason: str = ""
    why: str = ""

    @classmethod
    def of(cls, state: SweepState, decision: Decision) -> "ScanStatus":
        kind, due = kind_of(state.error_code), (decision.due_at, decision.reason.value)
        why = explain(kind.__name__, state.error_code, state.error).why if state.error and kind is not Invalid else ""
        if state.claimed_until and state.claimed_until > clock.now():
            return cls("Running", Tone.PROGRESS, None, why=why)
        if state.error:
            return cls("Failed", Tone.BAD, *due, why)
        if state.run_started_at:
            return cls("Interrupted", Tone.WARN, *due)
        return cls("Complete", Tone.OK, *due) if state.completed_at else cls("New", Tone.IDLE, *due)


@require(Permission.ADMIN)
@require_safe
def sweep_list(request: UserRequest) -> HttpResponseBase:
    rows = SweepState.objects.filter(account__enabled=True, noun__in=SWEEPERS).select_related("account")
    table = Table(
        request,
        rows,
        _columns(decisions_for(list(rows))),
        name="sweeps",
        title="Inventory refresh",
        order="completed_at",
        search=["noun", "account__name", "region"],
        empty="No scans yet",
        empty_hint="Each kind of resource of an AWS account gets a scan as soon as the account is added.",
    )
    if response := table.alternative_response():
        return response
    context = {"table": table, "crumbs": below_settings(("Inventory refresh", reverse("inventory:sweeps")))}
    return fragments.render(request, "inventory/sweeps.html", context, fragments.Fragment("sweeps"))


def _columns(decisions: dict[int, Decision]) -> list[Column]:
    def status(state: SweepState) -> ScanStatus | None:
        return ScanStatus.of(state, decisions[state.pk]) if state.pk in decisions else None

    def noun(state: SweepState) -> str:
        return NAMES.get(state.noun) or state.noun.replace("_", " ").capitalize()

    return [
        Column("noun", "Resource type", path="noun", value=_noun),
        Column("state", "Status", sort="failures", filter="error_code", cell=f"{CELLS}#state", value=status),
        Column("account", "Account", path="account__name", filter="account__alias"),
        Column("region", "Region", path="region", priority=2),
        Column("completed_at", "Last completed", path="completed_at", filter="", priority=2, cell=f"{CELLS}#completed"),
        Column("seconds", "Duration", path="seconds", filter="", align="end", priority=3, cell=f"{CELLS}#took"),
        Column("calls", "API calls", path="calls", filter="", align="end", priority=3),
        Column("due", "Next scan", priority=2, cell=f"{CELLS}#due", value=status),
    ]


def _noun(state: SweepState) -> str:
    return NAMES.get(state.noun) or state.noun.replace("_", " ").capitalize()
