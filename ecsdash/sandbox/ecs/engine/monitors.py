"""Deployment alarms, their bake time, and early completion."""

import math

from ecsdash.sandbox.ecs.aws_services import Alarm
from ecsdash.sandbox.ecs.engine import stages
from ecsdash.sandbox.ecs.models import Json, Service, ServiceDeployment
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def watched(state: EcsState, scope: Scope, configuration: Json) -> Json:
    """Return the alarms of a new deployment. Alarms in ALARM at its start are ignored."""
    settings = configuration.get("alarms") or {}
    if not settings.get("enable"):
        return {}
    names = list(settings["alarmNames"])
    ringing = any(alarm.ringing for alarm in _alarms(state, scope, names).values())
    return {"status": "DISABLED" if ringing else "MONITORING", "alarmNames": names, "triggeredAlarmNames": []}


def triggered(state: EcsState, scope: Scope, record: ServiceDeployment) -> list[str]:
    """Return the watched alarms in ALARM."""
    if record.alarms.get("status") != "MONITORING" or record.status != "IN_PROGRESS":
        return []
    return [name for name, alarm in _alarms(state, scope, record.alarms["alarmNames"]).items() if alarm.ringing]


def may_complete(
    state: EcsState, scope: Scope, service: Service, record: ServiceDeployment, ready: int, whole: bool
) -> bool:
    """`ready`: healthy tasks of the target revision; `whole`: all of them, and none of any other."""
    if not (stages.finished(record) and (whole or _early(service, record, ready))):
        record.whole_at = None
        return False
    record.whole_at = state.now if record.whole_at is None else record.whole_at
    return state.now >= record.whole_at + _bake_seconds(state, scope, record)


def _early(service: Service, record: ServiceDeployment, ready: int) -> bool:
    criteria = record.configuration.get("earlySuccessCriteria") or {}
    if not criteria.get("enable") or record.rollback:
        return False
    alone = len(service.deployments) == 1
    enough = math.ceil(service.desired_count * criteria["healthyPercent"] / 100)
    return ready >= enough and (alone or criteria["sourceServiceRevisionCleanup"] == "DEFERRED")


def _bake_seconds(state: EcsState, scope: Scope, record: ServiceDeployment) -> float:
    """Return the bake time: for a rolling deployment the evaluation time of its alarms; others have a bake stage."""
    if stages.staged(record) or record.alarms.get("status") != "MONITORING":
        return 0.0
    alarms = _alarms(state, scope, record.alarms["alarmNames"]).values()
    return max((alarm.seconds for alarm in alarms), default=0.0)


def _alarms(state: EcsState, scope: Scope, names: list[str]) -> dict[str, Alarm]:
    return {name: alarm for name in names if (alarm := state.aws.alarm(scope, name))}
