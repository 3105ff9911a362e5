"""How far a deployment has come: stages, traffic, hooks, alarms, times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.utils.dateparse import parse_datetime

from ecsdash.inventory.scope import Scope
from ecsdash.web.timeline import StageState, Timeline, marked
from ecsdash.web.tone import Tone
from services.documents.deployment.stages import STAGES, test_listeners
from services.documents.deployment.timeline import Rollout, timeline
from services.models import Alarm, Listener, LoadBalancer, Service, ServiceDeployment
from services.selectors.deployments import PausedDeployment, paused_at, sources
from services.selectors.earlier_deployments import UsualDuration, usual_duration
from services.selectors.load_balancers import address, rule_addresses
from services.statuses import DeploymentStatus

HOOK_TONES: Final = {
    "AWAITING_ACTION": Tone.WARN, "IN_PROGRESS": Tone.PROGRESS, "SUCCEEDED": Tone.OK, "FAILED": Tone.BAD,
    "TIMED_OUT": Tone.BAD,
}  # fmt: skip
#: State of a CloudWatch alarm -> its words and tone. ECS found a TRIGGERED one in alarm during the deployment.
ALARM_STATES: Final = {
    "OK": ("Not in alarm", Tone.OK), "ALARM": ("In alarm", Tone.BAD), "TRIGGERED": ("Triggered", Tone.BAD),
    "INSUFFICIENT_DATA": ("Insufficient data", Tone.IDLE), "": ("State not known", Tone.IDLE),
}  # fmt: skip
#: (name, weight, tone), as the traffic split bar takes them: weights are whole numbers, here tenths of a percent.
Shares = list[tuple[str, int, Tone]]


@dataclass(frozen=True)
class Hook:
    """A lifecycle hook that ECS has called. At `expires_at` ECS does `then` by itself, while it is open."""

    words: str
    status: str
    expires_at: datetime | None
    then: str

    @property
    def tone(self) -> Tone:
        return HOOK_TONES.get(self.status, Tone.IDLE)

    @property
    def open(self) -> bool:
        return self.status in ("AWAITING_ACTION", "IN_PROGRESS")


@dataclass(frozen=True)
class WatchedAlarm:
    """A CloudWatch alarm of the deployment. `state` is empty if the inventory does not contain the alarm."""

    name: str
    state: str

    @property
    def words(self) -> str:
        return ALARM_STATES.get(self.state, ALARM_STATES[""])[0]

    @property
    def tone(self) -> Tone:
        return ALARM_STATES.get(self.state, ALARM_STATES[""])[1]


@dataclass(frozen=True)
class Countdown:
    words: str
    ends_at: datetime


@dataclass(frozen=True)
class DeploymentProgress:
    """`timeline` is None for rolling deployments: their stages are not described by ECS."""

    record: ServiceDeployment
    timeline: Timeline | None
    production: Shares
    test: Shares
    test_addresses: Sequence[str]
    countdown: Countdown | None
    hooks: Sequence[Hook]
    alarms: Sequence[WatchedAlarm]
    usual: UsualDuration | None

    @property
    def paused(self) -> PausedDeployment | None:
        return paused_at(self.record)

    @property
    def alarms_status(self) -> str:
        return str(self.record.description.get("alarms", {}).get("status", ""))


def progress_of(user: Any, scope: Scope, service: Service, record: ServiceDeployment) -> DeploymentProgress:
    """Return how far the deployment has come. What only a deployment in progress has is empty afterwards."""
    described, moves = record.description, record.in_flight
    return DeploymentProgress(
        record,
        _timeline(service, record),
        _shares(record, "requestedProductionTrafficWeight"),
        _shares(record, "requestedTestTrafficWeight") if test_listeners(service.description) else [],
        test_addresses(user, scope, service) if moves else [],
        _countdown(record),
        [_hook(each) for each in described.get("lifecycleHookDetails", [])],
        _alarms(user, scope, described.get("alarms", {})) if moves else [],
        usual_duration(service) if moves else None,
    )


def _timeline(service: Service, record: ServiceDeployment) -> Timeline | None:
    """Return the stages of a deployment that shifts traffic, with the one it has come to."""
    configuration = record.description.get("deploymentConfiguration", {})
    target, stage = record.description.get("targetServiceRevision", {}), _stage(record)
    if configuration.get("strategy", "ROLLING") == "ROLLING" or stage not in STAGES:
        return None
    wanted = target.get("requestedTaskCount") or service.desired_count
    before = wanted if record.description.get("sourceServiceRevisions") else 0
    tests = bool(test_listeners(service.description))
    line = timeline(Rollout(configuration, before, wanted, service.usual_start, tests))
    reached = STAGES.index(stage)
    current = next((n for n, each in enumerate(line.stages) if STAGES.index(each.name) >= reached), len(line.stages))
    if record.status == DeploymentStatus.SUCCESSFUL:
        current = len(line.stages)
    moves = record.status in DeploymentStatus.stoppable()
    times = {name: at for name, text in record.progress.get("stages", {}).items() if (at := parse_datetime(text))}
    return marked(line, current, StageState.CURRENT if moves else StageState.REACHED, times)


def _stage(record: ServiceDeployment) -> str:
    return str(record.description.get("lifecycleStage", ""))


def _shares(record: ServiceDeployment, member: str) -> Shares:
    """Return how the traffic is split between old and new tasks; empty if the deployment does not shift it."""
    share = record.description.get("targetServiceRevision", {}).get(member)
    if share is None:
        return []
    new, before = round(10 * share), ", ".join(sources(record))
    old = [(f"Old {before}", 1000 - new, Tone.IDLE)] if before else []
    return [(f"New {record.revision}", new, Tone.PROGRESS), *old]


def _countdown(record: ServiceDeployment) -> Countdown | None:
    """Return what ends by itself next: the bake time, or the time between two shifts."""
    configuration = record.description.get("deploymentConfiguration", {})
    if record.status != DeploymentStatus.IN_PROGRESS or paused_at(record):
        return None
    if _stage(record) == "BAKE_TIME":
        since, minutes = record.progress.get("stages", {}).get("BAKE_TIME"), configuration.get("bakeTimeInMinutes")
        return _ends("Bake time ends", since, minutes)
    shift = next(reversed(record.progress.get("shifts", [])), None)
    if _stage(record) != "PRODUCTION_TRAFFIC_SHIFT" or shift is None or not 0 < shift["share"] < 100:
        return None
    linear, canary = configuration.get("linearConfiguration", {}), configuration.get("canaryConfiguration", {})
    if configuration.get("strategy") == "LINEAR":
        return _ends("ECS shifts the next part of the traffic", shift["at"], linear.get("stepBakeTimeInMinutes", 6))
    return _ends("ECS shifts the rest of the traffic", shift["at"], canary.get("canaryBakeTimeInMinutes", 10))


def _ends(words: str, since: str | None, minutes: int | None) -> Countdown | None:
    began = parse_datetime(since or "")
    return Countdown(words, began + timedelta(minutes=minutes)) if began and minutes else None


def _hook(hook: Mapping[str, Any]) -> Hook:
    function = str(hook.get("targetArn", "")).rpartition(":function:")[2]
    words = "Pause" if hook.get("targetType") == "PAUSE" else f"Lambda function {function}".strip()
    then = "continues" if hook.get("timeoutAction") == "CONTINUE" else "rolls back"
    return Hook(words, hook.get("status", ""), parse_datetime(str(hook.get("expiresAt", ""))), then)


def _alarms(user: Any, scope: Scope, alarms: Mapping[str, Any]) -> list[WatchedAlarm]:
    """Return the alarms of the deployment: those that ECS found in alarm, and the state that others had last."""
    names, triggered = alarms.get("alarmNames", []), alarms.get("triggeredAlarmNames", [])
    if not names:
        return []
    rows = Alarm.objects.visible_to(user).in_scope(scope.account, scope.region).present().filter(name__in=names)
    states = dict(rows.values_list("name", "state"))
    return [WatchedAlarm(name, "TRIGGERED" if name in triggered else states.get(name, "")) for name in names]


def test_addresses(user: Any, scope: Scope, service: Service) -> list[str]:
    """Return the URLs at which the new tasks answer test traffic."""
    arns = {listener_of(arn): arn for arn in test_listeners(service.description)}
    if not arns:
        return []
    listeners = list(cast("Sequence[Listener]", _visible(Listener, user, scope).filter(arn__in=arns)))
    owners = {each.load_balancer_arn for each in listeners}
    balancers = {each.arn: each for each in _visible(LoadBalancer, user, scope).filter(arn__in=owners)}
    found = (
        _addresses(balancers[each.load_balancer_arn], each, arns[each.arn])
        for each in listeners
        if each.load_balancer_arn in balancers
    )
    return list(dict.fromkeys(url for urls in found for url in urls))


def listener_of(arn: str) -> str:
    """Return the ARN of the listener of a rule; of a listener its own."""
    return arn.rpartition("/")[0].replace(":listener-rule/", ":listener/") if ":listener-rule/" in arn else arn


def _addresses(balancer: LoadBalancer, listener: Listener, arn: str) -> Iterator[str]:
    rule = next((each for each in listener.rules if each["arn"] == arn), None)
    yield from rule_addresses(balancer, listener, rule) if rule else [address(balancer, listener)]


def _visible(model: Any, user: Any, scope: Scope) -> Any:
    return model.objects.visible_to(user).in_scope(scope.account, scope.region).present()
