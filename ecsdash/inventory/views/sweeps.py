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
from ecsdash.inventory.models import SweepState
from ecsdash.inventory.sweeps import run
from ecsdash.web.polling import fragments
from ecsdash.web.tables.table import Column, Table
from ecsdash.web.tone import Tone

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
    rows = SweepState.objects.filter(account__enabled=True, noun__in=run.SWEEPERS).select_related("account")
    due = run.due_times(list(rows))
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
    if table.wants_csv:
        return table.csv()
    context = {"table": table, "crumbs": below_settings(("Sweeps", reverse("inventory:sweeps")))}
    return fragments.render(request, "inventory/sweeps.html", context, fragments.Fragment("sweeps"))


def _columns(due: dict[int, datetime]) -> list[Column]:
    def standing(state: SweepState) -> Standing:
        return Standing.of(state, due.get(state.pk, timezone.now()))

    return [
        Column(
            "noun",
            "Of",
            sort="noun",
            filter="noun",
            value=lambda row: NAMES.get(row.noun) or row.noun.replace("_", " ").capitalize(),
        ),
        Column(
            "state",
            "State",
            sort="failures",
            filter="error_code",
            cell="inventory/sweep_cells.html#state",
            value=standing,
        ),
        Column("account", "Account", sort="account__name", filter="account__alias"),
        Column("region", "Region", sort="region", filter="region"),
        Column("completed_at", "Last complete", sort="completed_at", cell="inventory/sweep_cells.html#completed"),
        Column("seconds", "Took", sort="seconds", align="end", cell="inventory/sweep_cells.html#took"),
        Column("calls", "Calls", sort="calls", align="end"),
        Column("due", "Next", cell="inventory/sweep_cells.html#due", value=standing),
    ]
