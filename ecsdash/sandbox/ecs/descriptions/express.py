"""An Express service as the API shows it."""

from ecsdash.sandbox.ecs.call import compact
from ecsdash.sandbox.ecs.engine import stages
from ecsdash.sandbox.ecs.models import Cluster, Json, Service

_SHOWN = (
    *("executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture"),
    *("networkConfiguration", "healthCheckPath", "primaryContainer", "scalingTarget"),
)


def to_api(cluster: Cluster, service: Service) -> Json:
    record = stages.current(service)
    return compact(
        {
            **_head(cluster, service),
            "infrastructureRoleArn": service.express["infrastructureRoleArn"],
            "currentDeployment": record.arn if record.status == "IN_PROGRESS" else None,
            "activeConfigurations": [_configuration(service)] if service.status == "ACTIVE" else [],
        }
    )


def updated(cluster: Cluster, service: Service) -> Json:
    return _head(cluster, service) | {"targetConfiguration": _configuration(service)}


def _head(cluster: Cluster, service: Service) -> Json:
    return {
        "cluster": cluster.name,
        "serviceName": service.name,
        "serviceArn": service.arn,
        "status": {"statusCode": service.status},
        "createdAt": service.created_at,
        "updatedAt": service.express["updatedAt"],
    }


def _configuration(service: Service) -> Json:
    wanted, revision = service.express["configuration"], service.revision
    return compact(
        {
            "serviceRevisionArn": revision.arn,
            "taskDefinitionArn": revision.task_definition,
            **{member: wanted.get(member) for member in _SHOWN},
            "ingressPaths": [{"accessType": "PUBLIC", "endpoint": service.express["endpoint"]}],
            "createdAt": revision.created_at,
        }
    )
