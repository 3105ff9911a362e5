"""Metrics of a service, a cluster and a container instance: charts and tables of stored CloudWatch metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from clusters.models import Cluster
from clusters.selectors import capacity
from clusters.selectors.clusters import cluster_or_404
from clusters.selectors.container_instances import instance_or_404, instances
from clusters.selectors.instance_resources import cpu_of, memory_of
from clusters.views.cluster_pages import cluster_context
from ecsdash.inventory import changes
from ecsdash.inventory.freshness import freshness
from ecsdash.inventory.scope import PageRequest, Scope, scoped
from ecsdash.web.charts import Chart, Mark
from ecsdash.web.formatting import elapsed
from ecsdash.web.heading import Heading
from ecsdash.web.polling import fragments
from ecsdash.web.tables import csv_export
from ecsdash.web.tone import Tone
from services import jobs
from services.forms.metric_time import RANGES, USUAL, MetricTimeForm
from services.models import MetricSeries
from services.selectors import metric_charts, services
from services.selectors.metric_marks import marks_of
from services.selectors.metric_series import Wanted, Window
from services.sync.metric_sources import Subject
from services.views.services import service_context

EC2_PERIOD: Final = 300  # seconds: EC2 sends values no more often without detailed monitoring
EC2_SENDS: Final = "EC2 sends CPU and network metrics of a running instance to CloudWatch every 5 minutes."
NUMBER_CELL: Final = '<td class="end num">{}</td>'
Marks = Callable[[datetime, datetime], list[Mark]]


@dataclass(frozen=True)
class _Page:
    """What one of the pages shows. `least` is the shortest period, `sends` what there is to show, `nouns` what
    else it shows; `gone`: there will be no newer metrics."""

    subject: Subject
    charts: Callable[[MetricSeries], list[Chart]]
    template: str
    marks: Marks = lambda since, until: []
    least: int = 60
    sends: str = "ECS sends CPU and memory utilization to CloudWatch once a minute while tasks run."
    nouns: tuple[str, ...] = ("services",)
    gone: bool = False


@require_safe
@scoped("services")
def service_metrics(request: PageRequest, scope: Scope, cluster: str, service: str) -> HttpResponseBase:
    found = services.service_or_404(request.user, scope, cluster, service)
    page = _Page(
        Subject(cluster, service), metric_charts.service_charts, "services/services/metrics.html",
        lambda since, until: marks_of(request.user, scope, found, since, until), gone=found.gone_at is not None,
    )  # fmt: skip
    row = Cluster.objects.visible_to(request.user).in_scope(scope.account, scope.region).filter(name=cluster).first()
    context = {**service_context(found, "metrics", ("Metrics", "")), "insights_of": _without_insights(row)}
    return _metrics(request, scope, page, context)


@require_safe
@scoped("clusters", "container_instances", "services", "tasks")
def cluster_metrics(request: PageRequest, scope: Scope, cluster: str) -> HttpResponseBase:
    found = cluster_or_404(request.user, scope, cluster)
    rows = instances(request.user, scope, cluster)
    page = _Page(
        Subject(cluster), metric_charts.cluster_charts, "services/metrics/cluster.html",
        nouns=("clusters", "container_instances"), gone=found.gone_at is not None,
    )  # fmt: skip
    context = {
        **cluster_context(found, "metrics", ("Metrics", "")),
        "reservation": capacity.reservation(rows),
        "instances": [(row, cpu_of(row), memory_of(row)) for row in rows.order_by("name")],
        "insights_of": _without_insights(found),
        "freshness": freshness(scope, "clusters", "container_instances"),
    }
    return _metrics(request, scope, page, context)


@require_safe
@scoped("clusters", "container_instances", "tasks")
def instance_metrics(request: PageRequest, scope: Scope, cluster: str, instance: str) -> HttpResponseBase:
    cluster_row = cluster_or_404(request.user, scope, cluster)
    found = instance_or_404(request.user, scope, cluster, instance)
    page = _Page(
        Subject(cluster, instance=instance), metric_charts.instance_charts, "services/metrics/instance.html",
        least=EC2_PERIOD, sends=EC2_SENDS, nouns=("clusters", "container_instances"), gone=found.gone_at is not None,
    )  # fmt: skip
    status = ("Deregistered", Tone.IDLE) if found.gone_at else (found.status, found.tone)
    instances_url = reverse("clusters:instances", kwargs=cluster_row.url_kwargs())
    crumbs = (("Container instances", instances_url), (found.name, found.get_absolute_url()), ("Metrics", ""))
    context = {
        **cluster_context(cluster_row, "instances", *crumbs),
        "heading": Heading(found.name, f"Container instance in {cluster}", *status, view="Metrics"),
        "instance": found,
    }
    return _metrics(request, scope, page, context)


def _without_insights(cluster: Cluster | None) -> Cluster | None:
    """Return the cluster if Container Insights is off in it."""
    return None if cluster is None or cluster.container_insights in ("enabled", "enhanced") else cluster


def _metrics(request: PageRequest, scope: Scope, page: _Page, context: dict[str, Any]) -> HttpResponseBase:
    """Return the page, the table of one chart in it (`?table=cpu`), or that table as CSV (`?csv=cpu`)."""
    now = timezone.now()
    form = MetricTimeForm(request.GET, now)
    wanted = Wanted(scope, page.subject, _window(form, now, page.least)) if form.is_valid() else None
    version = changes.version_of(scope, "metrics", *page.nouns)
    series = wanted.stored() if wanted else None
    if wanted and not page.gone and wanted.is_old(series, now):
        jobs.request_metrics(wanted)
    if name := request.GET.get("csv"):
        return _csv(name, _charts(request, page, series))

    def shown() -> dict[str, Any]:
        charts = _charts(request, page, series)
        table = next((each for each in charts if each.name == request.GET.get("table")), None)
        marks = _marks(page, series) if charts and not table else []
        return {
            **context, "sends": page.sends, "form": form, "wanted": wanted, "series": series,
            "charts": charts, "table": table,
            "table_rows": _table_rows(table) if table else "",
            "marks": marks, "mark_data": [mark.data for mark in marks],
            "kinds": sorted({mark.kind for mark in marks}), **_addresses(request, form),
            "period": elapsed(series.period) if series else "",
        }  # fmt: skip

    final = page.gone or wanted is None
    fragment = fragments.Fragment("metrics", version=version, every=15 if series else 2, final=final, calls_view=True)
    return fragments.render(request, page.template, shown, fragment)


def _window(form: MetricTimeForm, now: datetime, least: int) -> Window:
    return Window.last(form.seconds, now, least) if form.seconds else Window.between(*form.between, now, least)


def _charts(request: PageRequest, page: _Page, series: MetricSeries | None) -> list[Chart]:
    if series is None or not series.values:
        return []
    charts = page.charts(series)
    tables = {chart.name: _address(request, table=chart.name) for chart in charts}
    return metric_charts.with_tables(charts, tables)


def _marks(page: _Page, series: MetricSeries | None) -> list[Mark]:
    """Return what happened up to the end of the period that is not complete yet."""
    if series is None:
        return []
    return page.marks(*(datetime.fromtimestamp(at, UTC) for at in (series.start, series.end + series.period)))


def _address(request: PageRequest, **more: str) -> str:
    """Return the query of the page's time, with more parameters."""
    names = ("range", "since", "until")
    return "?" + urlencode({**{name: request.GET[name] for name in names if request.GET.get(name)}, **more})


def _addresses(request: PageRequest, form: MetricTimeForm) -> dict[str, Any]:
    chosen = (request.GET.get("range") or USUAL) if form.is_valid() and form.seconds else ""
    return {
        "ranges": [(name, name == chosen) for name in RANGES],
        "without_table": _address(request),
        "csv_address": _address(request, csv=request.GET.get("table", "")),
        "zoomed": not chosen,
    }


def _table_rows(chart: Chart) -> SafeString:
    """Return the rows of the table, the newest first: without a template, because there are many."""
    return format_html_join(
        "\n", "<tr><td>{}</td>{}</tr>",
        ((f"{when:%Y-%m-%d %H:%M}", format_html_join("", NUMBER_CELL, ((_number(value),) for value in values)))
         for when, values, _ in reversed(list(chart.rows))),
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "—" if value is None else f"{round(value, 2):.10g}"


def _csv(name: str, charts: list[Chart]) -> HttpResponseBase:
    chart = next((each for each in charts if each.name == name), None)
    if chart is None:
        raise Http404("There is no such chart.")
    labels = [f"{line.label} ({chart.unit})" if chart.unit else line.label for line in chart.lines]
    rows = ([when.isoformat(), *values] for when, values, _ in chart.rows)
    head: list[Any] = ["Time (UTC)", *labels]
    return csv_export.response(f"{name}.csv", (head, *rows))
