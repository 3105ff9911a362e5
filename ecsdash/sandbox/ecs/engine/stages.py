"""Deployments with the strategies BLUE_GREEN, LINEAR and CANARY: stage by stage, both revisions side by side.

The source (blue) keeps its tasks until the last stage; the target (green) gets all of its own in SCALE_UP, in the
other target group. Traffic moves by the weights of the listener rules.
"""

from ecsdash.sandbox.ecs.engine import hooks
from ecsdash.sandbox.ecs.models import Deployment, Json, Revision, Service, ServiceDeployment
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope

STAGES = (
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
)


def staged(record: ServiceDeployment) -> bool:
    return bool(record.configuration.get("strategy", "ROLLING") != "ROLLING")


def holds(service: Service) -> bool:
    """Whether both revisions keep running side by side, also after the deployment was stopped."""
    record = current(service)
    return (
        service.status == "ACTIVE"
        and staged(record)
        and record.status in ("IN_PROGRESS", "STOPPED")
        and not record.rollback
    )


def current(service: Service) -> ServiceDeployment:
    wanted = service.primary.service_deployment
    return next(record for record in service.service_deployments if record.arn == wanted)


def finished(record: ServiceDeployment) -> bool:
    return not staged(record) or bool(record.rollback) or record.stage == "CLEAN_UP"


def shown(record: ServiceDeployment) -> str:
    """The API has hooks before the production shift, but no stage of that name."""
    return "POST_TEST_TRAFFIC_SHIFT" if record.stage == "PRE_PRODUCTION_TRAFFIC_SHIFT" else record.stage


def source(service: Service) -> Deployment | None:
    """Return the deployment of the last completed revision, while it exists."""
    others = service.deployments[1:]
    return next((deployment for deployment in others if deployment.revision == service.last_good), None)


def wanted(service: Service) -> list[tuple[Deployment, int]]:
    """Return the desired tasks of the source and of the target at the current stage."""
    stage = STAGES.index(current(service).stage or STAGES[0])
    scaled_up, cleaning = stage >= STAGES.index("SCALE_UP"), stage == len(STAGES) - 1
    blue = source(service)
    counts = [(service.primary, service.desired_count if scaled_up else 0)]
    return counts + ([(blue, 0 if cleaning else service.desired_count)] if blue else [])


def resolve(service: Service, revision: Revision, record: ServiceDeployment) -> None:
    """Choose the target group of the revision: a staged deployment uses the one that is not in use."""
    last = service.revisions.get(service.last_good)
    in_use = {item["targetGroupArn"] for item in last.resolved} if last else set()
    revision.resolved = [_slot(balancer, in_use, other=staged(record)) for balancer in revision.load_balancers]


def advance(state: EcsState, scope: Scope, service: Service, target_whole: bool) -> str:
    """Advance a deployment by at most one stage; return why it must be rolled back, or an empty text."""
    record = current(service)
    if not staged(record) or record.status != "IN_PROGRESS" or record.rollback:
        return ""
    if not record.stage:
        _enter(state, scope, service, record, STAGES[0])
        return ""
    refused = hooks.look(state, scope, record)
    if refused or hooks.waiting(record) or not _done(state, scope, service, record, target_whole):
        return refused
    following = STAGES.index(record.stage) + 1
    if following < len(STAGES):
        _enter(state, scope, service, record, STAGES[following])
    return ""


def revert(state: EcsState, scope: Scope, service: Service, record: ServiceDeployment) -> None:
    """Return all traffic to the source at once."""
    if staged(record) and STAGES.index(record.stage or STAGES[0]) > 0:
        _shift(state, scope, service, record, "testListenerRule", 0.0)
        _shift(state, scope, service, record, "productionListenerRule", 0.0)


def _enter(state: EcsState, scope: Scope, service: Service, record: ServiceDeployment, stage: str) -> None:
    record.stage, record.stage_at, record.updated_at = stage, state.now, state.now
    if stage != "RECONCILE_SERVICE" or len(service.deployments) > 2:
        hooks.arm(state, record, stage)
    if stage == "PRE_SCALE_UP":
        first = 0.0 if source(service) else 100.0
        _shift(state, scope, service, record, "productionListenerRule", first)
    elif stage == "TEST_TRAFFIC_SHIFT":
        _shift(state, scope, service, record, "testListenerRule", 100.0)
    elif stage == "PRODUCTION_TRAFFIC_SHIFT":
        _shift_next(state, scope, service, record)


def _done(state: EcsState, scope: Scope, service: Service, record: ServiceDeployment, target_whole: bool) -> bool:
    if record.stage == "SCALE_UP":
        return target_whole
    if record.stage == "PRODUCTION_TRAFFIC_SHIFT":
        if record.production_weight < 100.0 and state.now >= record.shifted_at + _step_seconds(record):
            _shift_next(state, scope, service, record)
        return record.production_weight >= 100.0
    if record.stage == "BAKE_TIME":
        return bool(state.now >= record.stage_at + 60.0 * record.configuration.get("bakeTimeInMinutes", 0))
    return True


def _shift_next(state: EcsState, scope: Scope, service: Service, record: ServiceDeployment) -> None:
    configuration, weight = record.configuration, 100.0
    if source(service) is not None and configuration["strategy"] == "LINEAR":
        step = configuration.get("linearConfiguration", {}).get("stepPercent", 10.0)
        weight = min(100.0, record.production_weight + step)
    elif source(service) is not None and configuration["strategy"] == "CANARY" and record.production_weight == 0.0:
        weight = float(configuration.get("canaryConfiguration", {}).get("canaryPercent", 5.0))
    _shift(state, scope, service, record, "productionListenerRule", weight)


def _step_seconds(record: ServiceDeployment) -> float:
    if record.configuration["strategy"] == "LINEAR":
        return 60.0 * float(record.configuration.get("linearConfiguration", {}).get("stepBakeTimeInMinutes", 6))
    return 60.0 * float(record.configuration.get("canaryConfiguration", {}).get("canaryBakeTimeInMinutes", 10))


def _shift(
    state: EcsState, scope: Scope, service: Service, record: ServiceDeployment, member: str, percent: float
) -> None:
    """Send `percent` of a listener rule's traffic to the target revision."""
    if member == "testListenerRule":
        record.test_weight = percent
    else:
        record.production_weight, record.shifted_at = percent, state.now
    record.updated_at = state.now
    revision = service.revisions[record.target]
    for balancer, resolved in zip(revision.load_balancers, revision.resolved, strict=True):
        advanced = balancer.get("advancedConfiguration", {})
        if member in advanced:
            groups = {balancer["targetGroupArn"], advanced["alternateTargetGroupArn"]}
            share = round(percent)
            weights = {group: share if group == resolved["targetGroupArn"] else 100 - share for group in sorted(groups)}
            state.aws.shift_traffic(scope, advanced[member], weights)


def _slot(balancer: Json, in_use: set[str], *, other: bool) -> Json:
    first = balancer["targetGroupArn"]
    second = balancer.get("advancedConfiguration", {}).get("alternateTargetGroupArn", first)
    chosen = (second if other else first) if first in in_use else (second if second in in_use and not other else first)
    return balancer | {"targetGroupArn": chosen}
