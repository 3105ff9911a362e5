"""Deployments of a service: start, completion, circuit breaker, rollback, stop."""

import math

from ecsdash.sandbox.ecs.engine import health, hooks, monitors, notify, stages
from ecsdash.sandbox.ecs.engine.events import add_event
from ecsdash.sandbox.ecs.engine.scheduling import schedule_check
from ecsdash.sandbox.ecs.models import Cluster, Deployment, Json, Revision, Service, ServiceDeployment, Task
from ecsdash.sandbox.ecs.state import EcsState, scope_of

_ROLLED_BACK = "Service deployment rolled back because"
_KEPT = 100
"""Number of finished service deployments kept for each service."""


def begin(state: EcsState, service: Service, revision: Revision, configuration: Json | None = None) -> Deployment:
    """Makes `revision` the service's PRIMARY deployment; rolled out as the service says, or by `configuration`."""
    service.revisions[revision.arn] = revision
    sources = [deployment.revision for deployment in service.deployments if deployment.status == "PRIMARY"]
    _supersede(state, service)
    breaker = service.deployment_configuration.get("deploymentCircuitBreaker", {})
    path = f"service-deployment/{service.cluster}/{service.name}/{state.hex_id()[:21]}"
    record = ServiceDeployment(
        arn=scope_of(service.arn).arn(path),
        sources=sources,
        target=revision.arn,
        created_at=state.now,
        started_at=state.now,
        updated_at=state.now,
        configuration=configuration or service.deployment_configuration,
        desired_count=service.desired_count,
        breaker="MONITORING" if breaker.get("enable") else "DISABLED",
    )
    record.alarms = monitors.watched(state, scope_of(service.arn), record.configuration)
    stages.resolve(service, revision, record)
    service.service_deployments = [record, *service.service_deployments[: _KEPT - 1]]
    _forget_revisions(service)
    return _promote_new(state, service, revision, record)


def bounds(service: Service) -> tuple[int, int]:
    """(fewest healthy tasks, most tasks) while a deployment runs."""
    configuration, desired = service.deployment_configuration, service.desired_count
    lower = math.ceil(desired * configuration["minimumHealthyPercent"] / 100)
    return lower, math.floor(desired * configuration["maximumPercent"] / 100)


def progress(state: EcsState, cluster: Cluster, service: Service) -> None:
    """Drops deployments that have no task left, completes the PRIMARY one, notes a steady state."""
    tasks = list(state.tasks_of(cluster, service))
    holding = {task.deployment for task in tasks if task.live or task.last_status == "DEACTIVATING"}
    service.deployments = [d for d in service.deployments if d.status == "PRIMARY" or d.id in holding]
    if service.status == "DRAINING":
        _finish_draining(service, tasks)
        return
    current = [task for task in tasks if task.live and task.deployment == service.primary.id]
    ready = [task for task in current if health.settled(state, service, task)]
    if ready:
        service.failures, service.retry_at = 0, 0.0
        _forgive(service)
    target_whole = len(ready) == len(current) == service.desired_count
    scope, record = scope_of(service.arn), stages.current(service)
    refused = stages.advance(state, scope, service, target_whole)
    if refused:
        if service.last_good:
            roll_back(state, service, record, refused, f"{_ROLLED_BACK} {refused}")
        else:
            halt(state, service, record, refused)
        return
    if ringing := monitors.triggered(state, scope, record):
        _alarm(state, service, record, ringing)
        return
    whole = target_whole and len(service.deployments) == 1
    ongoing = service.primary.rollout_state == "IN_PROGRESS"
    if ongoing and monitors.may_complete(state, scope, service, record, len(ready), whole):
        _complete(state, service)
    steady = whole and service.primary.rollout_state == "COMPLETED" and all(task.live for task in tasks)
    if steady and not service.steady:
        service.complaint = ""
        add_event(state, service, "has reached a steady state.")
        notify.service_acted(state, cluster, service, "SERVICE_STEADY_STATE")
    service.steady = steady


def count_failure(state: EcsState, cluster: Cluster, service: Service, task: Task) -> None:
    primary = service.primary
    if task.deployment != primary.id or primary.rollout_state != "IN_PROGRESS":
        return
    if primary.has_run and not health.was_unhealthy(task):
        return
    primary.failed_tasks += 1
    primary.updated_at = state.now
    record = stages.current(service)
    record.failures = primary.failed_tasks
    record.updated_at = state.now
    if record.breaker == "MONITORING" and primary.failed_tasks >= threshold(service):
        _trip(state, service, record)


def threshold(service: Service) -> int:
    """Return the failure threshold of the circuit breaker: half of the desired count, 3 to 200, or as configured."""
    breaker = service.deployment_configuration.get("deploymentCircuitBreaker", {})
    rule = breaker.get("thresholdConfiguration", {"type": "BOUNDED_PERCENT", "value": 50})
    if rule["type"] == "COUNT":
        return int(rule["value"])
    share: int = math.ceil(service.desired_count * rule["value"] / 100)
    return max(1, share) if rule["type"] == "UNBOUNDED_PERCENT" else max(3, min(200, share))


def roll_back(state: EcsState, service: Service, record: ServiceDeployment, reason: str, status_reason: str) -> None:
    """Roll back to the last completed revision; its running tasks are kept.

    `reason` is that of the failed deployment, `status_reason` that of the service deployment.
    """
    stages.revert(state, scope_of(service.arn), service, record)
    failed = service.primary
    failed.status, failed.updated_at = "ACTIVE", state.now
    if failed.rollout_state == "IN_PROGRESS":
        failed.rollout_state, failed.rollout_reason = "FAILED", reason
        notify.deployment_changed(state, service, failed, "SERVICE_DEPLOYMENT_FAILED", reason)
    hooks.close(record)
    record.status, record.reason, record.updated_at = "ROLLBACK_IN_PROGRESS", status_reason, state.now
    record.rollback = {"reason": status_reason, "startedAt": state.now, "serviceRevisionArn": service.last_good}
    previous = next((d for d in service.deployments if d.revision == service.last_good), None)
    if previous:
        service.deployments.remove(previous)
        previous.status, previous.rollout_state, previous.failed_tasks = "PRIMARY", "IN_PROGRESS", 0
        previous.service_deployment, previous.desired_count = record.arn, service.desired_count
        previous.updated_at = state.now
        service.deployments.insert(0, previous)
    else:
        _promote_new(state, service, service.revisions[service.last_good], record)
    cause = reason.partition(":")[0].removesuffix(".")
    service.primary.rollout_reason = f"{cause}: rolling back to deploymentId {service.primary.id}."
    add_event(state, service, f"rolling back to deployment {service.primary.id}.")
    service.steady, service.failures, service.retry_at = False, 0, 0.0
    schedule_check(state, service, 0.5)


def halt(state: EcsState, service: Service, record: ServiceDeployment, reason: str) -> None:
    """Stop the deployment without a rollback: no more tasks are started for it."""
    service.primary.rollout_state, service.primary.rollout_reason = "FAILED", reason
    service.primary.updated_at = state.now
    notify.deployment_changed(state, service, service.primary, "SERVICE_DEPLOYMENT_FAILED", reason)
    hooks.close(record)
    record.status, record.reason = "STOPPED", reason
    record.stopped_at = record.finished_at = record.updated_at = state.now


def _promote_new(state: EcsState, service: Service, revision: Revision, record: ServiceDeployment) -> Deployment:
    deployment = Deployment(
        id=f"ecs-svc/{state.number_id()}",
        revision=revision.arn,
        service_deployment=record.arn,
        desired_count=service.desired_count,
        created_at=state.now,
        updated_at=state.now,
    )
    deployment.rollout_reason = f"ECS deployment {deployment.id} in progress."
    notify.deployment_changed(state, service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS", deployment.rollout_reason)
    for older in service.deployments:
        older.status = "ACTIVE"
    service.deployments.insert(0, deployment)
    service.steady, service.failures, service.retry_at = False, 0, 0.0
    schedule_check(state, service, 0.5)
    return deployment


def _forget_revisions(service: Service) -> None:
    known = {arn for record in service.service_deployments for arn in (record.target, *record.sources)}
    known |= {deployment.revision for deployment in service.deployments} | {service.last_good}
    service.revisions = {arn: revision for arn, revision in service.revisions.items() if arn in known}


def _supersede(state: EcsState, service: Service) -> None:
    for record in service.service_deployments[:1]:
        if record.status in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
            hooks.close(record)
            record.status, record.reason = "STOPPED", "A newer service deployment replaced this one."
            record.stopped_at = record.finished_at = record.updated_at = state.now


def _complete(state: EcsState, service: Service) -> None:
    primary = service.primary
    record = stages.current(service)
    primary.rollout_state, primary.updated_at = "COMPLETED", state.now
    primary.rollout_reason = f"ECS deployment {primary.id} completed."
    notify.deployment_changed(state, service, primary, "SERVICE_DEPLOYMENT_COMPLETED", primary.rollout_reason)
    record.status = "ROLLBACK_SUCCESSFUL" if record.rollback else "SUCCESSFUL"
    record.finished_at = record.updated_at = state.now
    if record.breaker == "MONITORING":
        record.breaker = "MONITORING_COMPLETE"
    if record.alarms.get("status") == "MONITORING":
        record.alarms = record.alarms | {"status": "MONITORING_COMPLETE"}
    service.last_good = primary.revision
    add_event(state, service, f"(deployment {primary.id}) deployment completed.")


def _forgive(service: Service) -> None:
    breaker = service.deployment_configuration.get("deploymentCircuitBreaker", {})
    if breaker.get("resetOnHealthyTask", True) and service.primary.rollout_state == "IN_PROGRESS":
        service.primary.failed_tasks = 0
        record = stages.current(service)
        if not record.rollback:
            record.failures = 0


def _trip(state: EcsState, service: Service, record: ServiceDeployment) -> None:
    what = "tasks failed health checks" if service.primary.has_run else "tasks failed to start"
    reason = f"ECS deployment circuit breaker: {what}."
    record.breaker = "TRIGGERED"
    add_event(state, service, f"(deployment {service.primary.id}) deployment failed: {what}.")
    back = service.deployment_configuration["deploymentCircuitBreaker"]["rollback"]
    _fail(state, service, record, reason, "the circuit breaker threshold was exceeded.", back)


def _alarm(state: EcsState, service: Service, record: ServiceDeployment, ringing: list[str]) -> None:
    record.alarms = record.alarms | {"status": "TRIGGERED", "triggeredAlarmNames": ringing}
    add_event(state, service, f"(deployment {service.primary.id}) deployment failed: alarm detected.")
    reason = f"ECS deployment alarms: {', '.join(ringing)} in ALARM state."
    cause = "a deployment alarm was triggered."
    _fail(state, service, record, reason, cause, record.configuration["alarms"]["rollback"])


def _fail(state: EcsState, service: Service, record: ServiceDeployment, reason: str, cause: str, back: bool) -> None:
    if back and service.last_good and service.last_good != service.primary.revision:
        roll_back(state, service, record, reason, f"{_ROLLED_BACK} {cause}")
    else:
        halt(state, service, record, reason)


def _finish_draining(service: Service, tasks: list[Task]) -> None:
    if not tasks:
        service.status, service.deployments = "INACTIVE", service.deployments[:1]
