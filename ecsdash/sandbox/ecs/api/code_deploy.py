"""Task sets for CodeDeploy: a new task set beside the current one, in the other target group of a pair."""

from dataclasses import replace

from ecsdash.sandbox.ecs.api.service_changes import check_revision, revision_arn
from ecsdash.sandbox.ecs.api.services import find
from ecsdash.sandbox.ecs.api.task_definitions import usable
from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.engine import rollout
from ecsdash.sandbox.ecs.errors import EcsError, invalid
from ecsdash.sandbox.ecs.models import Json


def replace_task_set(call: Call, params: Json) -> str:
    """Start the deployment of a task definition and its load balancers; return the service deployment's ARN.

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
    deployment = rollout.begin(call.state, service, revision, configuration)
    deployment.external_id = params["externalId"]
    return deployment.service_deployment
