"""Metrics of services, clusters and container instances: reading, windows, marks, charts, tables."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from ecsdash.aws.errors import AwsError
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from services.models import MetricSeries, ScalingActivity, Service, ServiceDeployment, TargetGroup, Task
from services.selectors.metric_series import Wanted, Window
from services.sync import metrics
from services.sync.metric_sources import Subject
from tests.users import Users, make_account

REGION = "eu-central-1"
HERE = f"/demo/{REGION}/"
PAGE = f"{HERE}services/shop/web/metrics/"
NOW = datetime(2027, 1, 15, 8, 0, 30, tzinfo=UTC)
DAY = 86_400
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:targetgroup/web/1"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/app/web/2"


class CloudWatch:
    """Answers GetMetricData from `values`: (metric, statistic) -> values of the first periods."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.values: dict[tuple[str, str], list[float]] = {}
        self.error: AwsError | None = None

    def collect(self, call: str, key: str, **asked: Any) -> list[dict[str, Any]]:
        self.asked.append(asked)
        if self.error:
            raise self.error
        return [self._result(each, asked["StartTime"]) for each in asked["MetricDataQueries"]]

    def _result(self, query: dict[str, Any], start: datetime) -> dict[str, Any]:
        stat = query["MetricStat"]
        values = self.values.get((stat["Metric"]["MetricName"], stat["Stat"]), [])
        times = [start + timedelta(seconds=stat["Period"] * place) for place in range(len(values))]
        return {"Id": query["Id"], "Timestamps": times, "Values": values}


@pytest.fixture
def scope(db: None) -> Scope:
    return Scope(make_account("demo", name="Demo", account_id="123456789012", regions=[REGION]), REGION)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> CloudWatch:
    found = CloudWatch()
    monkeypatch.setattr(Account, "reader", lambda self, region: found)
    return found


def make(model: Any, scope: Scope, name: str, arn: str = "", **columns: Any) -> Any:
    place = {"account": scope.account, "region": REGION, "observed_at": timezone.now()}
    return model.objects.create(**place, arn=arn or f"arn:{model.NOUN}/{name}", name=name, **columns)


@pytest.fixture
def service(scope: Scope) -> Service:
    make(Cluster, scope, "shop", status="ACTIVE")
    make(TargetGroup, scope, "web", GROUP, protocol="HTTP", load_balancer_arns=[BALANCER])
    described = {"loadBalancers": [{"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}]}
    return make(Service, scope, "web", cluster_name="shop", status="ACTIVE", description=described)  # type: ignore[no-any-return]


@pytest.fixture
def page(client: Client, users: Users) -> Client:
    client.force_login(users.viewer)
    return client


def wanted(scope: Scope, seconds: int = 15 * DAY, **subject: str) -> Wanted:
    return Wanted(scope, Subject("shop", **(subject or {"service": "web"})), Window.last(seconds, timezone.now()))


def text(page: Client, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("seconds", "period"),
    [(3600, 60), (3 * 3600, 60), (12 * 3600, 60), (DAY, 300), (3 * DAY, 300), (7 * DAY, 900), (15 * DAY, 1800)],
)
def test_a_longer_time_has_longer_periods(seconds: int, period: int) -> None:
    window = Window.last(seconds, NOW)
    assert window.period == period
    assert (window.start % period, window.end % period, window.end - window.start) == (0, 0, seconds)
    assert NOW.timestamp() - period < window.end <= NOW.timestamp()


@pytest.mark.parametrize(("days_ago", "period"), [(1, 60), (20, 300), (100, 3600)])
def test_an_old_time_has_the_periods_that_cloudwatch_keeps(days_ago: int, period: int) -> None:
    since = NOW - timedelta(days=days_ago)
    assert Window.between(since, since + timedelta(hours=1), NOW).period == period


def test_missing_values_are_gaps(scope: Scope, service: Service, aws: CloudWatch) -> None:
    aws.values = {("CPUUtilization", "Average"): [10, 20.123456]}
    series = metrics.fetch(**wanted(scope).as_job())
    assert len(series.values["cpu"]) == len(series.times) == 720
    assert series.values["cpu"][:3] == [10, 20.123, None]
    assert "memory" not in series.values


def test_traffic_is_read_by_target_group_and_load_balancer(scope: Scope, service: Service, aws: CloudWatch) -> None:
    metrics.fetch(**wanted(scope).as_job())
    [asked] = aws.asked
    stats = [each["MetricStat"] for each in asked["MetricDataQueries"]]
    latency = [each for each in stats if each["Metric"]["MetricName"] == "TargetResponseTime"]
    assert [each["Stat"] for each in latency] == ["p50", "p95", "p99"]
    assert latency[0]["Metric"]["Dimensions"] == [
        {"Name": "TargetGroup", "Value": "targetgroup/web/1"}, {"Name": "LoadBalancer", "Value": "app/web/2"},
    ]  # fmt: skip
    points = (asked["EndTime"] - asked["StartTime"]).total_seconds() / 1800 * len(stats)
    assert points <= metrics.MOST_POINTS


def test_the_task_counts_of_container_insights_are_read_where_it_is_on(
    scope: Scope, service: Service, aws: CloudWatch
) -> None:
    Cluster.objects.update(container_insights="enabled")
    metrics.fetch(**wanted(scope).as_job())
    names = [each["MetricStat"]["Metric"]["MetricName"] for each in aws.asked[0]["MetricDataQueries"]]
    assert {"RunningTaskCount", "DesiredTaskCount", "PendingTaskCount"} <= set(names)


def test_running_tasks_are_counted_from_the_inventory(scope: Scope, service: Service, aws: CloudWatch) -> None:
    asked = wanted(scope, 3600)
    begin = datetime.fromtimestamp(asked.window.start, UTC)
    times = {"a": (10, None), "b": (20, 30)}
    for name, (started, stopped) in times.items():
        make(
            Task, scope, name, cluster_name="shop", service_name="web", family="web", last_status="RUNNING",
            desired_status="RUNNING", cpu=512, memory=1024, started_at=begin + timedelta(minutes=started),
            stopped_at=begin + timedelta(minutes=stopped) if stopped else None,
        )  # fmt: skip
    values = metrics.fetch(**asked.as_job()).values
    assert [values["our_running"][at] for at in (9, 10, 20, 29, 30, 59)] == [None, 1, 2, 2, 1, 1]
    assert (values["our_cpu"][20], values["our_memory"][20]) == (1024, 2048)


def test_what_cloudwatch_refuses_leaves_the_earlier_values(
    scope: Scope, service: Service, aws: CloudWatch, page: Client
) -> None:
    aws.values = {("CPUUtilization", "Average"): [42]}
    metrics.fetch(**wanted(scope, 3 * 3600).as_job())
    aws.error = AwsError("Throttling", "Rate exceeded")
    series = metrics.fetch(**wanted(scope, 3 * 3600).as_job())
    assert series.values["cpu"][0] == 42
    shown = text(page, PAGE)
    assert "Metrics could not be loaded from CloudWatch: Throttling: Rate exceeded" in shown
    assert "The charts show earlier values." in shown


def test_series_that_nobody_asks_for_are_deleted(scope: Scope, service: Service, aws: CloudWatch) -> None:
    metrics.fetch(**wanted(scope, 3600).as_job())
    MetricSeries.objects.update(fetched_at=timezone.now() - metrics.KEPT - timedelta(minutes=1))
    metrics.fetch(**wanted(scope).as_job())
    assert MetricSeries.objects.count() == 1


def test_a_time_that_is_over_is_read_once(scope: Scope, service: Service, aws: CloudWatch) -> None:
    now = timezone.now()
    window = Window.between(now - timedelta(hours=3), now - timedelta(hours=2), now)
    asked = Wanted(scope, Subject("shop", "web"), window)
    assert asked.is_old(None, now)
    assert not asked.is_old(metrics.fetch(**asked.as_job()), now + timedelta(days=1))


def test_deployments_scalings_and_failures_are_marked(
    scope: Scope, service: Service, aws: CloudWatch, page: Client
) -> None:
    aws.values = {("CPUUtilization", "Average"): [42]}
    metrics.fetch(**wanted(scope, 3 * 3600).as_job())
    ago, place = timezone.now() - timedelta(hours=1), {"cluster_name": "shop", "service_name": "web"}
    make(ServiceDeployment, scope, "d1", **place, status="SUCCESSFUL", task_definition="arn:x/web:7", created_at=ago)
    described = {"Description": "Setting desired count to 4."}
    make(ScalingActivity, scope, "s1", **place, status="Successful", started_at=ago, description=described)
    make(
        Task, scope, "t1", **place, family="web", last_status="STOPPED", desired_status="STOPPED", stopped_at=ago,
        stop_code="EssentialContainerExited", stopped_reason="Essential container in task exited",
    )  # fmt: skip
    shown = text(page, PAGE)
    found = re.search(r'<script id="chart-marks" type="application/json">(.*?)</script>', shown)
    assert found
    marks = json.loads(found[1])
    assert {mark["kind"]: mark["text"] for mark in marks} == {
        "deployment": "Deployment of web:7: SUCCESSFUL", "scaling": "Setting desired count to 4.",
        "failure": "1 failed task: Essential container in task exited",
    }  # fmt: skip
    assert f'href="{HERE}services/shop/web/deployments/d1/"' in shown


def test_a_chart_is_also_a_table_and_a_file(scope: Scope, service: Service, aws: CloudWatch, page: Client) -> None:
    aws.values = {("CPUUtilization", "Average"): [42], ("CPUUtilization", "Maximum"): [77, 78]}
    metrics.fetch(**wanted(scope, 3600).as_job())
    table = text(page, f"{PAGE}?range=1h&table=cpu")
    assert table.count("<tr>") == 61
    assert '<td class="end num">42</td><td class="end num">77</td>' in table
    assert '<td class="end num">—</td><td class="end num">78</td>' in table
    assert table.index(">78<") < table.index(">77<")  # the newest first
    lines = b"".join(page.get(f"{PAGE}?range=1h&csv=cpu")).decode().splitlines()
    assert lines[0] == "Time (UTC),Average (%),Maximum (%)"
    assert lines[1].endswith(",42,77") or lines[1].endswith(",42.0,77.0")
    assert page.get(f"{PAGE}?range=1h&csv=other").status_code == 404


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("until=2027-01-01T00:00", "Enter the time from which metrics are shown."),
        ("since=2026-01-02T00:00&until=2026-01-01T00:00", "Enter an earlier begin"),
        ("since=2026-01-01T00:00&until=2026-02-01T00:00", "Choose a time of at most 15 days."),
        ("since=2020-01-01T00:00&until=2020-01-02T00:00", "CloudWatch keeps metrics for 455 days."),
    ],
)
def test_an_impossible_time_is_refused(service: Service, page: Client, query: str, says: str) -> None:
    shown = text(page, f"{PAGE}?{query}")
    assert says in shown
    assert 'aria-current="true"' not in shown.partition("metric-ranges")[2].partition("</nav>")[0]


def test_without_metrics_the_page_says_why(scope: Scope, service: Service, aws: CloudWatch, page: Client) -> None:
    assert "Loading metrics" in text(page, PAGE)
    metrics.fetch(**wanted(scope, 3 * 3600).as_job())
    assert "No metrics in this time" in text(page, PAGE)
    assert "Container Insights is off in shop." in text(page, PAGE)


def test_clusters_and_instances_have_charts(scope: Scope, service: Service, aws: CloudWatch, page: Client) -> None:
    make(ContainerInstance, scope, "i-1", cluster_name="shop", container_instance_id="1", status="ACTIVE")
    aws.values = {("CPUReservation", "Average"): [50], ("NetworkIn", "Sum"): [2_097_152]}
    metrics.fetch(**Wanted(scope, Subject("shop"), Window.last(3 * 3600, timezone.now())).as_job())
    instance = Wanted(scope, Subject("shop", instance="i-1"), Window.last(3 * 3600, timezone.now(), 300))
    metrics.fetch(**instance.as_job())
    assert "Reserved on container instances" in text(page, f"{HERE}clusters/shop/metrics/")
    assert '<td class="end num">2</td>' in text(page, f"{HERE}clusters/shop/instances/i-1/metrics/?table=network")
    MetricSeries.objects.update(values={})
    assert "every 5 minutes" in text(page, f"{HERE}clusters/shop/instances/i-1/metrics/")
