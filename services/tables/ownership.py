"""Table columns of the resources in AWS with their owners."""

from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecsdash.access.targets import AccessTarget
from ecsdash.web import html
from ecsdash.web.cached_reverse import address
from ecsdash.web.tables.cells import NOTHING
from ecsdash.web.tables.columns import Column
from ecsdash.web.tone import Tone
from services.ownership.owners import OwnedThing, Ownership

SHOWN = 3  # places of a cell
TONES = {Ownership.RULE: Tone.OK, Ownership.SHARED: Tone.OK, Ownership.USE: Tone.OK, Ownership.IN_USE: Tone.WARN}


def state(row: OwnedThing, value: Ownership) -> SafeString:
    return html.status(value, TONES.get(value, Tone.IDLE))


def places(row: OwnedThing, value: list[str]) -> SafeString:
    """Return links to the places that the viewer may see."""
    if not value:
        return NOTHING
    links = format_html_join(", ", '<a href="{}">{}</a>', ((_url(place), place) for place in row.places[:SHOWN]))
    return format_html('<span class="wrap" title="{}">{}{}</span>', ", ".join(value), links, _rest(row))


def _rest(row: OwnedThing) -> SafeString:
    """Return the number of places that are not named, or only that of those that the viewer may not see."""
    if more := len(row.places[SHOWN:]):
        return format_html(' <span class="muted">and {} more</span>', more + row.hidden)
    if row.hidden:
        return format_html(' <span class="muted">{} that you may not view</span>', row.hidden)
    return SafeString()


def _url(place: AccessTarget) -> str:
    """Return the address of the cluster, or of its services and tasks of this name: what runs there can be a task
    without a service."""
    where = {"account": place.account, "region": place.region, "cluster": place.cluster}
    if not place.service:
        return address("clusters:detail", **where)
    return address("services:cluster_tasks", **where) + "?" + urlencode({"show": "all", "q": place.service})


def add_rule(row: OwnedThing, value: Any) -> SafeString:
    """Return a link to the form of a rule for exactly this resource."""
    place = row.thing.places[0]
    wanted = {"kind": row.thing.kind, "pattern": row.name, "account": place.account}
    if len(row.teams) == 1:
        wanted["owner"] = row.teams[0]
    url = f"{address('access:new_rule')}?{urlencode(wanted)}"
    return format_html('<a href="{}">Add rule<span class="visually-hidden"> for {}</span></a>', url, row.name)


COLUMNS = [
    Column("name", "Resource", path="name"),
    Column("kind", "Kind", path="kind", priority=2),
    Column("owner", "Owner", path="owner"),
    Column("is", "Ownership", path="state", cell=state, priority=2),
    Column("reason", "Reason", path="reason", sort="", filter="", priority=4,
           cell=lambda row, value: format_html('<span class="wrap">{}</span>', value)),
    Column("places", "Used by", path="used_by", sort="", filter="used_by", cell=places, priority=3),
    Column("teams", "Teams that use it", path="teams", sort="", optional=True,
           value=lambda row: list(row.teams)),
]  # fmt: skip
#: For administrators, in the list of unowned resources.
ADD_RULE = Column("rule", "Rule", cell=add_rule, value=lambda row: "")
