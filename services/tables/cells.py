"""Cells of the lists of services, deployments and tasks: functions of row and value."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ecsdash.web import formatting, html
from ecsdash.web.cached_reverse import address
from ecsdash.web.tables.cells import NOTHING, beginning, muted, name
from ecsdash.web.tone import Tone
from services.models import RestorePoint, Service, ServiceDeployment, ServiceEvent, Task
from services.templatetags import services
from services.templatetags.services import cluster_link, revision_link

REASON = 120  # characters of a text in a list


def cluster(row: Service, value: str) -> SafeString:
    return cluster_link(row.account.alias, row.region, value)


def revision(row: Service | ServiceDeployment, value: str) -> SafeString:
    return revision_link(row.account.alias, row.region, value)


def restore_point_revision(row: RestorePoint, value: str) -> SafeString:
    return revision_link(row.service.account.alias, row.service.region, value)


# --- services --------------------------------------------------------------------------------------------------------
def service_health(row: Service, value: str) -> SafeString:
    return html.status(value, row.tone, row.listed_event)


def service_tasks(row: Service, value: str) -> SafeString:
    meter = html.progress(row.running_count, row.desired_count, "Running tasks", row.tone)
    return _with(meter, f"+{row.pending_count} pending" if row.pending_count else "")


def service_restarts(row: Service, value: int) -> SafeString | str:
    return f"{row.restarts_hour} / {value}" if value else NOTHING


def service_event(row: Service, value: str) -> SafeString:
    return beginning(row.without_name(row.listed_event), REASON, row.listed_event)


def event_line(row: ServiceEvent, value: str) -> SafeString:
    return format_html('<span class="words">{}</span>', services.event_line(row.service, value))


# --- deployments -----------------------------------------------------------------------------------------------------
def deployment_status(row: ServiceDeployment, value: str) -> SafeString:
    return html.status(value, row.tone, row.status_reason)


def deployment_took(row: ServiceDeployment, value: float | None) -> str:
    return muted("In progress") if value is None else formatting.elapsed(value)


def deployment_reason(row: ServiceDeployment, value: str) -> SafeString:
    return beginning(value, REASON)


# --- tasks -----------------------------------------------------------------------------------------------------------
def task_id(row: Task, value: str) -> SafeString:
    return format_html('<span class="mono">{}</span>', value[:12])


def task_status(row: Task, value: str) -> SafeString:
    shown = html.status(value, row.tone)
    if row.forgotten:
        return _with(shown, "not in ECS" if row.stopped else "last known status")
    return _with(shown, "stopping" if row.desired_status == "STOPPED" and not row.stopped else "")


def task_service(row: Task, value: str) -> SafeString:
    if not value:
        return NOTHING
    place = {"account": row.account.alias, "region": row.region, "cluster": row.cluster_name}
    return format_html('<a href="{}">{}</a>', address("services:service", **place, service=value), name(value))


def task_health(row: Task, value: str) -> SafeString:
    tones = {"HEALTHY": Tone.OK, "UNHEALTHY": Tone.BAD}
    return html.status(value, tones[value]) if value in tones else NOTHING


def task_why(row: Task, value: str) -> SafeString:
    if not value:
        return html.status("Unknown", Tone.IDLE, "ECS removed the task before its stop was recorded")
    shown = _with(html.status(row.why, row.tone, value), f"exit code {row.exit_code}" if row.exit_code else "")
    return format_html('<span class="cause">{}</span>', shown)


def task_stopped(row: Task, value: datetime | None) -> SafeString:
    forgotten = SafeString(' <span class="muted" title="ECS no longer lists this task">not in ECS</span>')
    return html.ago(value) + forgotten if row.forgotten else html.ago(value)


def task_reason(row: Task, value: str) -> SafeString:
    return beginning(value, REASON)


def _with(shown: SafeString, note: str) -> SafeString:
    return format_html("{} {}", shown, muted(note)) if note else shown
