"""The way in for CodeDeploy: a new task set beside the present one, in the other target group of a pair."""

from dataclasses import replace

from ..call import Call
from ..engine import rollout
from ..errors import EcsError, invalid
from ..state import Json
from .service_changes import check_revision, revision_arn
from .services import find
from .task_definitions import usable


def replace_task_set(call: Call, params: Json) -> str:
    """Begins to roll out a task definition and its load balancers; the service deployment's ARN.

    `params` names the cluster, service, taskDefinition, loadBalancers, deploymentConfiguration and externalId.
    """
    cluster = call.cluster(params)
    service = find(call, cluster, params["service"])
    if service.status != "ACTIVE":
        raise EcsError("ServiceNotActiveException", "Service was not ACTIVE.")
    if service.controller != "CODE_DEPLOY":
        raise invalid("The service does not have a CODE_DEPLOY deployment controller.")
    definition = usable(call, params["taskDefinition"])
    revision = replace(
        service.revision,
        arn=revision_arn(call, cluster, service.name),
        task_definition=definition.arn,
        load_balancers=params["loadBalancers"],
        created_at=call.now,
    )
    check_revision(call, cluster, definition, revision, {})
    configuration = service.deployment_configuration | params["deploymentConfiguration"]
    deployment = rollout.begin(call.world, service, revision, configuration)
    deployment.external_id = params["externalId"]
    return deployment.service_deployment
