"""Plan of a new service in the place of one that UpdateService cannot change as wanted."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import (
    Change,
    Check,
    Continues,
    Effect,
    Level,
    Observation,
    Plan,
    PlanError,
    Step,
    Undo,
)
from ecsdash.web.forms.document.json_text import write
from services.documents.service import Update, changes_in_words
from services.forms.service.form import AGAIN
from services.models import Service
from services.planning.service_documents import Prepared
from services.planning.services import DRAIN_SECONDS, TOUCHED, create_step, observed

REPLACEMENT_CALLS = ("ecs.create_service", "ecs.delete_service")
GONE = ("ServiceNotFoundException", "ServiceNotActiveException")
LONGEST_NAME = 255
MOST_NAMES = 100


def replacement_plan(
    context: ActionContext,
    service: Service,
    data: Mapping[str, Any],
    wanted: Prepared,
    update: Update,
    before: Mapping[str, Any],
) -> Plan:
    """Return the plan that deletes the service and creates it again, or creates another one beside it."""
    again = data["replacement"] == AGAIN
    name = wanted.document["serviceName"] if again else _free_name(service, wanted.document["serviceName"])
    document = {**wanted.document, "serviceName": name}
    identity = {"cluster": service.cluster_name, "service": name}
    steps = (*wanted.steps, *((_delete_step(service),) if again else ()), create_step(service.cluster_name, document))
    gone = (Effect("delete", {"status": "DRAINING"}), Effect("delete", None)) if again else ()
    seen = [observed(service, "status", after=(*gone, *((Effect("create", {}),) if name == service.name else ())))]
    if name != service.name:
        seen.append(Observation("service_state", identity, None, f"The service {name}", (Effect("create", {}),)))
    where = f"again as {name}" if again else f"{name} beside {service.name}"
    return Plan(
        summary=f"Create {where} in {service.cluster_name}",
        resource_key=service.arn,
        resource_name=service.name,
        steps=steps,
        changes=(Change("service", service.name, name), *changes_in_words(before, document)),
        checks=(
            *(Check(Level.WARN, each.reason) for each in update.unchangeable),
            *_checks(service, name, again=again),
        ),
        observes=(*seen, *wanted.balancing.observes),
        undo=_undo(service, name, before, again=again),
        continues=Continues(f"ECS continues to start the tasks of {name}."),
        outputs=wanted.balancing.outputs,
        touches=(*TOUCHED, *wanted.touches),
        risks=_risks(service) if again else (),
        cost=wanted.balancing.cost,
    )


def _delete_step(service: Service) -> Step:
    where = {"cluster": service.cluster_name, "service": service.name}
    return Step(
        "delete",
        f"Delete the service {service.name} and stop its tasks",
        call="ecs.delete_service",
        params={**where, "force": True},
        tolerate=GONE,
        until="service_gone",
        until_params=where,
        timeout=DRAIN_SECONDS,
    )


def _free_name(service: Service, wanted: str) -> str:
    """Return the wanted name if it is new, else the first free one of `name-2`, `name-3` ..."""
    rows = Service.objects.in_scope(service.account, service.region).present().exclude(status="INACTIVE")
    taken = set(rows.filter(cluster_name=service.cluster_name).values_list("name", flat=True))
    if wanted not in taken:
        return wanted
    names = (f"{wanted[: LONGEST_NAME - 4]}-{number}" for number in range(2, MOST_NAMES))
    found = next((name for name in names if name not in taken), "")
    if not found:
        raise PlanError("No name is free beside this service. Enter another name.")
    return found


def _checks(service: Service, name: str, *, again: bool) -> list[Check]:
    if again:
        title = f"The service is interrupted: {service.running_count} running tasks stop before new ones start"
        detail = "Requests fail until the new tasks run. If they do not start, the old service is gone."
        return [Check(Level.WARN, title, detail, "Create a second service beside it, if it must stay available.")]
    title = f"{service.name} keeps running beside {name}"
    detail = "Both register their tasks in the same target groups and names, if the document keeps them."
    return [Check(Level.WARN, title, detail, f"Delete {service.name} when {name} works.")]


def _risks(service: Service) -> tuple[str, ...]:
    return (f"The events and deployments of {service.name} cannot be restored.",)


def _undo(service: Service, name: str, before: Mapping[str, Any], *, again: bool) -> Undo:
    kwargs = {**service.url_kwargs(), "service": name}
    if not again:
        return Undo("delete_service", f"delete {name}", kwargs)
    return Undo(
        "edit_service", "create the previous service again", kwargs, {"json": write(dict(before)), "replacement": AGAIN}
    )
