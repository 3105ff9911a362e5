"""How old what is known is, noun by noun, and what asking AWS for it cost. For administrators."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecsdash.access.decorators import require
from ecsdash.access.permissions import Permission
from ecsdash.access.views.crumbs import below_settings
from ecsdash.aws.errors import Invalid, kind_of
from ecsdash.aws.explain import explain
from ecsdash.inventory import sweeps
from ecsdash.inventory.models import SweepState
from ecsdash.web import live
from ecsdash.web.tables import Column, Table
from ecsdash.web.tone import Tone

CELLS = "inventory/sweep_cells.html"
#: Nouns whose name is not a word.
NAMES = {"vpcs": "VPCs"}


@dataclass(frozen=True)
class Standing:
    """How one sweep stands, and why the last try failed as far as we know; `due_at` is None while it runs."""

    word: str
    tone: Tone
    due_at: datetime | None
    why: str = ""

    @classmethod
    def of(cls, state: SweepState, due_at: datetime) -> "Standing":
        kind = kind_of(state.error_code)
        why = explain(kind.__name__, state.error_code, state.error).why if state.error and kind is not Invalid else ""
        if state.claimed_until and state.claimed_until > timezone.now():
            return cls("Running", Tone.PROGRESS, None, why)
        if state.error:
            return cls("Failed", Tone.BAD, due_at, why)
        if state.pass_started_at:
            return cls("Broke off", Tone.WARN, due_at)
        return cls("Complete", Tone.OK, due_at) if state.completed_at else cls("New", Tone.IDLE, due_at)


@require(Permission.ADMIN)
@require_safe
def sweep_list(request: HttpRequest) -> HttpResponseBase:
    rows = SweepState.objects.filter(account__enabled=True, noun__in=sweeps.SWEEPERS).select_related("account")
    due = sweeps.due_times(list(rows))
    table = Table(
        request,
        rows,
        _columns(due),
        name="sweeps",
        title="Sweeps",
        order="completed_at",
        search=["noun", "account__name", "region"],
        empty_hint="As soon as there is an AWS account, a sweep for each kind of thing in it stands here.",
    )
    if answer := table.answer():
        return answer
    context = {"table": table, "crumbs": below_settings(("Sweeps", reverse("inventory:sweeps")))}
    return live.render(request, "inventory/sweeps.html", context, live.Fragment("sweeps"))


def _columns(due: dict[int, datetime]) -> list[Column]:
    def standing(state: SweepState) -> Standing:
        return Standing.of(state, due.get(state.pk, timezone.now()))

    def noun(state: SweepState) -> str:
        return NAMES.get(state.noun) or state.noun.replace("_", " ").capitalize()

    return [
        Column("noun", "Resource type", path="noun", value=noun),
        Column("state", "Status", sort="failures", filter="error_code", cell=f"{CELLS}#state", value=standing),
        Column("account", "Account", path="account__name", filter="account__alias", priority=2),
        Column("region", "Region", path="region", priority=2),
        Column("completed_at", "Last completed", path="completed_at", filter="", priority=2, cell=f"{CELLS}#completed"),
        Column("seconds", "Duration", path="seconds", filter="", align="end", priority=3, cell=f"{CELLS}#took"),
        Column("calls", "API calls", path="calls", filter="", align="end", priority=3),
        Column("due", "Next scan", priority=2, cell=f"{CELLS}#due", value=standing),
    ]
