"""Everything in the simulated account that a plan may create, to compare before and after."""

from typing import Any

from tests.processes import Sandbox

Contents = dict[str, list[Any]]


def contents(sandbox: Sandbox) -> Contents:
    """Noun -> sorted names or ids, asked of AWS itself."""
    ecs, ec2, elb = (sandbox.client(name) for name in ("ecs", "ec2", "elbv2"))
    efs, iam, cloud_map = (sandbox.client(name) for name in ("efs", "iam", "servicediscovery"))
    clusters = ecs.list_clusters()["clusterArns"]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    balancers = elb.describe_load_balancers()["LoadBalancers"]
    found = {
        "clusters": clusters,
        "services": [arn for each in clusters for arn in ecs.list_services(cluster=each)["serviceArns"]],
        "tasks": [arn for each in clusters for arn in ecs.list_tasks(cluster=each)["taskArns"]],
        "task definitions": ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        "security groups": [each["GroupId"] for each in groups],
        "rules": [f"{each['GroupId']} {rule}" for each in groups for rule in each["IpPermissions"]],
        "network interfaces": [
            each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]
        ],
        "secrets": [
            each["Name"]
            for each in sandbox.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
        ],
        "roles": [each["RoleName"] for each in iam.list_roles()["Roles"]],
        "log groups": [each["logGroupName"] for each in sandbox.client("logs").describe_log_groups()["logGroups"]],
        "file systems": [each["FileSystemId"] for each in efs.describe_file_systems()["FileSystems"]],
        "access points": [each["AccessPointId"] for each in efs.describe_access_points()["AccessPoints"]],
        "namespaces": [each["Id"] for each in cloud_map.list_namespaces()["Namespaces"]],
        "Cloud Map services": [each["Id"] for each in cloud_map.list_services()["Services"]],
        "load balancers": [each["LoadBalancerArn"] for each in balancers],
        "target groups": [each["TargetGroupArn"] for each in elb.describe_target_groups()["TargetGroups"]],
    }
    return {noun: sorted(names) for noun, names in found.items()}


def difference(before: Contents, after: Contents) -> dict[str, str]:
    """Noun -> what is there now and was not before, and the other way round; empty when nothing differs."""
    return {noun: f"{before[noun]} -> {after[noun]}" for noun in before if before[noun] != after[noun]}
