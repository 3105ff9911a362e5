"""Steps that make of a service what another document says, and the observation of what they change."""

from collections.abc import Mapping
from typing import Any

from ecsdash.masking import mask
from ecsdash.operations.plan import ANY, Effect, Observation, Step
from services.documents.service import Update
from services.models import Service
from services.planning.services import steady_step, update_step


def update_steps(service: Service, update: Update, revision: Any) -> tuple[Step, ...]:
    """Return the steps: the service, then its tags, then the wait for its tasks. `revision`: the ARN of the task
    definition that they run then (or a ref to it), empty if only ECS knows it."""
    params = update.params
    change = (update_step("Update the service", service, params),) if params else ()
    waits = update.deploys or "desiredCount" in params
    named = {"task_definition": revision} if revision and "taskDefinition" in params else {}
    return (
        *change,
        *_tag_steps(service, update),
        *((steady_step(service, {**service.description, **params}, **named),) if waits else ()),
    )


def observed_document(service: Service, before: Mapping[str, Any], update: Update) -> Observation:
    """Return the observation of the members that the update changes."""
    names = sorted({*update.params, *(("tags",) if update.tagged or update.untagged else ())})
    effects = dict.fromkeys(update.params, ANY)
    after = [Effect("update", effects)] if effects else []
    if "tags" in names:
        after += [Effect(key, {"tags": ANY}) for key in ("tag", "untag")]
    identity = {"cluster": service.cluster_name, "service": service.name, "names": names}
    values = {"status": service.status, **{name: mask({name: before.get(name)})[name] for name in names}}
    return Observation("service_document", identity, values, f"The service {service.name}", tuple(after))


def _tag_steps(service: Service, update: Update) -> tuple[Step, ...]:
    tags = [{"key": key, "value": value} for key, value in sorted(update.tagged.items())]
    add = Step("tag", "Set the tags of the service", "ecs.tag_resource", {"resourceArn": service.arn, "tags": tags})
    keys = list(update.untagged)
    remove = Step(
        "untag", "Remove tags of the service", "ecs.untag_resource", {"resourceArn": service.arn, "tagKeys": keys}
    )
    return (*((add,) if tags else ()), *((remove,) if keys else ()))
