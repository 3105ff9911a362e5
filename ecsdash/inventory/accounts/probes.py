"""Parameters for test calls of each read.

AWS checks the permission before it looks up the resource, so the names need not exist.
"""

from typing import Any

from ecsdash.aws.arns import partition_of
from ecsdash.inventory.accounts.resource_rules import EVENT_FEED

NOBODY = "ecsdash-connection-test"
_ECS, _ELB = (f"arn:{{partition}}:{name}:{{region}}:{{account}}" for name in ("ecs", "elasticloadbalancing"))
PROBES: dict[str, dict[str, Any]] = {
    "application-autoscaling.describe_scalable_targets": {"ServiceNamespace": "ecs"},
    "application-autoscaling.describe_scaling_policies": {"ServiceNamespace": "ecs"},
    "application-autoscaling.describe_scheduled_actions": {"ServiceNamespace": "ecs"},
    "application-autoscaling.describe_scaling_activities": {"ServiceNamespace": "ecs", "MaxResults": 1},
    "cloudtrail.lookup_events": {"MaxResults": 1},
    "cloudwatch.describe_alarms": {"MaxRecords": 1},
    "cloudwatch.get_metric_data": {
        "MetricDataQueries": [
            {
                "Id": "cpu",
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization"},
                    "Period": 60,
                    "Stat": "Average",
                },
            }
        ],
        "StartTime": 0,
        "EndTime": 60,
    },
    "ecr.describe_images": {"repositoryName": NOBODY},
    "ecs.describe_clusters": {"clusters": [NOBODY]},
    "ecs.describe_container_instances": {"cluster": NOBODY, "containerInstances": ["0" * 32]},
    "ecs.describe_express_gateway_service": {"serviceArn": f"{_ECS}:service/none/none"},
    "ecs.describe_gateway": {"gateway": NOBODY},
    "ecs.describe_gateway_resources": {"gateway": NOBODY},
    "ecs.describe_service_deployments": {"serviceDeploymentArns": [f"{_ECS}:service-deployment/none/none/none"]},
    "ecs.describe_service_revisions": {"serviceRevisionArns": [f"{_ECS}:service-revision/none/none/1"]},
    "ecs.describe_services": {"cluster": NOBODY, "services": [NOBODY]},
    "ecs.describe_task_definition": {"taskDefinition": NOBODY},
    "ecs.describe_tasks": {"cluster": NOBODY, "tasks": ["0" * 32]},
    "ecs.list_container_instances": {"cluster": NOBODY},
    "ecs.list_service_deployments": {"cluster": NOBODY, "service": NOBODY},
    "ecs.list_services": {"cluster": NOBODY},
    "ecs.list_tasks": {"cluster": NOBODY},
    "elbv2.describe_listeners": {"LoadBalancerArn": f"{_ELB}:loadbalancer/app/none/0123456789abcdef"},
    "elbv2.describe_rules": {"ListenerArn": f"{_ELB}:listener/app/none/0123456789abcdef/0123456789abcdef"},
    "elbv2.describe_tags": {"ResourceArns": [f"{_ELB}:loadbalancer/app/none/0123456789abcdef"]},
    "elbv2.describe_target_group_attributes": {"TargetGroupArn": f"{_ELB}:targetgroup/none/0123456789abcdef"},
    "elbv2.describe_target_health": {"TargetGroupArn": f"{_ELB}:targetgroup/none/0123456789abcdef"},
    "events.describe_rule": {"Name": EVENT_FEED},
    "events.list_rule_names_by_target": {"TargetArn": f"{_ECS}:cluster/none"},
    "events.list_targets_by_rule": {"Rule": EVENT_FEED},
    "iam.list_instance_profiles": {"MaxItems": 1},
    "iam.list_roles": {"MaxItems": 1},
    "logs.filter_log_events": {"logGroupName": NOBODY},
    "logs.get_log_events": {"logGroupName": NOBODY, "logStreamName": NOBODY},
    "scheduler.get_schedule": {"Name": NOBODY},
    "sqs.get_queue_url": {"QueueName": EVENT_FEED},
    "ssm.get_parameters": {"Names": ["/aws/service/ecs/optimized-ami/none"]},
}
#: Reads that have side effects and are not tested by a call.
UNTRIED = {"iam.simulate_principal_policy", "sqs.delete_message_batch", "sqs.receive_message"}


def probe(call: str, account_id: str, region: str) -> dict[str, Any]:
    """The parameters to try `call` with. EC2 is asked for nothing but its permission."""
    if call.startswith("ec2."):
        return {"DryRun": True}
    filled: dict[str, Any] = _fill(PROBES.get(call, {}), account_id, region)
    return filled


def _fill(value: Any, account_id: str, region: str) -> Any:
    if isinstance(value, str):
        return value.format(partition=partition_of(region), region=region, account=account_id)
    if isinstance(value, list):
        return [_fill(each, account_id, region) for each in value]
    if isinstance(value, dict):
        return {key: _fill(each, account_id, region) for key, each in value.items()}
    return value
