"""Steps of a WordPress site in order: cluster and network, database, load balancer, site."""

import json
from typing import Any

from ecsdash.aws.arns import managed_policy
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, join, random_secret, ref
from services.planning.namespaces import namespace_step
from services.planning.wordpress.resources import (
    BALANCER,
    CONTENT,
    DATA,
    DATABASE_PORT,
    EXECUTION_POLICY,
    FILES_PORT,
    SALTS,
    SITE_PORT,
    TARGETS,
    TRUST,
    WWW_DATA,
    WordPress,
)

STEADY_SECONDS = 1800
STICKY_SECONDS = 86_400
TAGS = [{"Key": STEP_TAG, "Value": STEP_ID}]
ECS_TAGS = [{"key": STEP_TAG, "value": STEP_ID}]
SALT_LENGTH = 64


def wordpress_steps(plan: WordPress) -> tuple[Step, ...]:
    return (
        *_cluster(plan),
        *_groups(plan),
        *_secrets(plan),
        *_role(plan),
        *_file_system(plan, "data", DATA, "the database files"),
        *_file_system(plan, "content", CONTENT, "wp-content"),
        _access_point(plan),
        namespace_step(plan.name),
        *_database(plan),
        *_balancer(plan),
        *_site(plan),
    )


def _cluster(plan: WordPress) -> tuple[Step, ...]:
    if not plan.new_cluster:
        return ()
    providers = {
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
    }
    create = Step(
        "cluster", f"Create the cluster {plan.cluster}", "ecs.create_cluster",
        {"clusterName": plan.cluster, **providers, "tags": ECS_TAGS},
        until="cluster_active", until_params={"cluster": plan.cluster}, timeout=300,
    )  # fmt: skip
    return (create,)


def _groups(plan: WordPress) -> tuple[Step, ...]:
    """Return the steps of five security groups; each allows inbound traffic from the one before it only."""
    return (
        _group(plan, "balancer_group", "lb", "the load balancer"),
        _group(plan, "site_group", "site", "the site"),
        _group(plan, "database_group", "db", "the database"),
        _group(plan, "data_group", "data", "the database files"),
        _group(plan, "content_group", "content", "wp-content"),
        _allow_inbound("balancer_group", "anywhere", SITE_PORT, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        _allow_inbound("site_group", "the load balancer", SITE_PORT, _from_group("balancer_group")),
        _allow_inbound("database_group", "the site", DATABASE_PORT, _from_group("site_group")),
        _allow_inbound("data_group", "the database", FILES_PORT, _from_group("database_group")),
        _allow_inbound("content_group", "the site", FILES_PORT, _from_group("site_group")),
    )


def _group(plan: WordPress, key: str, suffix: str, of_what: str) -> Step:
    name = f"{plan.name}-{suffix}"
    return Step(
        key, f"Create the security group of {of_what}", "ec2.create_security_group",
        {
            "GroupName": name,
            "Description": f"WordPress {plan.name}: {of_what}",
            "VpcId": plan.vpc,
            "TagSpecifications": [{"ResourceType": "security-group", "Tags": TAGS}],
        },
        repeat=Repeat.LOOKUP, lookup="security_group_of_step",
    )  # fmt: skip


def _allow_inbound(key: str, origin: str, port: int, source: dict[str, Any]) -> Step:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    return Step(
        f"{key}_rule", f"Allow inbound traffic from {origin} on port {port}", "ec2.authorize_security_group_ingress",
        {"GroupId": ref(f"{key}.GroupId"), "IpPermissions": [permission]},
        tolerate=("InvalidPermission.Duplicate",),
    )  # fmt: skip


def _from_group(key: str) -> dict[str, Any]:
    return {"UserIdGroupPairs": [{"GroupId": ref(f"{key}.GroupId")}]}


def _secrets(plan: WordPress) -> tuple[Step, ...]:
    """Return the steps of two secrets with random values, generated when the call is made and never stored here."""
    return (
        _secret("secret", "a random database password", plan.password_name, random_secret(32)),
        _secret("salts", "random keys and salts", plan.salts_name, _random_salts()),
    )


def _secret(key: str, what: str, name: str, value: Any) -> Step:
    return Step(
        key, f"Store {what} in Secrets Manager", "secretsmanager.create_secret",
        {"Name": name, "SecretString": value, "Tags": TAGS},
        repeat=Repeat.LOOKUP, lookup="secret_of_step",
    )  # fmt: skip


def _random_salts() -> Any:
    """Return a JSON object; ECS passes each key to the containers as a variable."""
    members = [(f'"{name}":"', random_secret(SALT_LENGTH), '"') for name in SALTS]
    separated = [part for number, member in enumerate(members) for part in (*([","] if number else []), *member)]
    return join("{", *separated, "}")


def _role(plan: WordPress) -> tuple[Step, ...]:
    return (
        Step(
            "role", f"Create the role {plan.role}", "iam.create_role",
            {"RoleName": plan.role, **plan.role_limits, "AssumeRolePolicyDocument": json.dumps(TRUST), "Tags": TAGS},
            repeat=Repeat.LOOKUP, lookup="role_of_step",
        ),
        Step(
            "role_logs", "Allow the role to pull images and write logs", "iam.attach_role_policy",
            {"RoleName": plan.role, "PolicyArn": managed_policy(plan.region, EXECUTION_POLICY)},
        ),
        Step(
            "role_secret", "Allow the role to read the two secrets", "iam.put_role_policy",
            {"RoleName": plan.role, "PolicyName": plan.may_read_secrets(), "PolicyDocument": plan.secrets_policy()},
        ),
        Step(
            "logs", f"Create the log group {plan.log_group}", "logs.create_log_group",
            {"logGroupName": plan.log_group, "tags": {STEP_TAG: STEP_ID}},
            repeat=Repeat.LOOKUP, lookup="log_group_of_step", tolerate=("ResourceAlreadyExistsException",),
        ),
    )  # fmt: skip


def _file_system(plan: WordPress, key: str, file_system: Any, what: str) -> tuple[Step, ...]:
    """Return the steps of an encrypted EFS file system with a mount target per subnet."""
    mounts = [
        Step(
            f"{key}_mount_{number}", f"Create the mount target of {what} in {subnet}", "efs.create_mount_target",
            {"FileSystemId": file_system, "SubnetId": subnet, "SecurityGroups": [ref(f"{key}_group.GroupId")]},
            repeat=Repeat.LOOKUP, lookup="mount_target_of_step",
        )
        for number, subnet in enumerate(plan.subnets)
    ]  # fmt: skip
    return (
        Step(
            key, f"Create the file system for {what} (EFS)", "efs.create_file_system",
            {
                "CreationToken": STEP_ID,
                "Encrypted": True,
                "Tags": [{"Key": "Name", "Value": f"{plan.name}-{key}"}, *TAGS],
            },
            repeat=Repeat.LOOKUP, lookup="file_system_of_step",
            until="file_system_available", until_params={"file_system": file_system}, timeout=300,
        ),
        *mounts,
        Step(
            f"{key}_mounted", f"Wait until {what} can be mounted",
            until="mount_targets_available", until_params={"file_system": file_system}, timeout=600,
        ),
    )  # fmt: skip


def _access_point(plan: WordPress) -> Step:
    """Return the access point by which every task writes as the web server's user, independent of the image's user."""
    owner = {"OwnerUid": WWW_DATA, "OwnerGid": WWW_DATA, "Permissions": "0755"}
    return Step(
        "access_point", "Create the access point of wp-content", "efs.create_access_point",
        {
            "ClientToken": STEP_ID,
            "FileSystemId": CONTENT,
            "PosixUser": {"Uid": WWW_DATA, "Gid": WWW_DATA},
            "RootDirectory": {"Path": "/wp-content", "CreationInfo": owner},
            "Tags": [{"Key": "Name", "Value": plan.name}, *TAGS],
        },
        repeat=Repeat.LOOKUP, lookup="access_point_of_step",
        until="access_point_available", until_params={"access_point": ref("access_point.AccessPointId")}, timeout=300,
    )  # fmt: skip


def _database(plan: WordPress) -> tuple[Step, ...]:
    return (
        _definition("database_definition", plan.database_definition()),
        _service("database", plan.database_service()),
    )


def _balancer(plan: WordPress) -> tuple[Step, ...]:
    balancer = {
        "Name": plan.name,
        "Subnets": list(plan.subnets),
        "SecurityGroups": [ref("balancer_group.GroupId")],
        "Scheme": "internet-facing",
        "Type": "application",
        "Tags": TAGS,
    }
    targets = {
        "Name": plan.target_group,
        "Protocol": "HTTP",
        "Port": SITE_PORT,
        "VpcId": plan.vpc,
        "TargetType": "ip",
        "HealthCheckPath": "/wp-login.php",
        "Matcher": {"HttpCode": "200-399"},
        "Tags": TAGS,
    }
    sticky = {
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": str(STICKY_SECONDS),
    }
    attributes = [{"Key": key, "Value": value} for key, value in sticky.items()]
    forward = [{"Type": "forward", "TargetGroupArn": TARGETS}]
    listener = {"LoadBalancerArn": BALANCER, "Protocol": "HTTP", "Port": SITE_PORT, "DefaultActions": forward}
    look = Repeat.LOOKUP
    return (
        Step(
            "balancer", f"Create the load balancer {plan.name}", "elbv2.create_load_balancer", balancer,
            repeat=look, lookup="load_balancer_of_step",
            until="load_balancer_active", until_params={"load_balancer": BALANCER}, timeout=600,
        ),
        Step(
            "targets", "Create the target group of the site", "elbv2.create_target_group", targets,
            repeat=look, lookup="target_group_of_step",
        ),
        Step(
            "sticky", "Turn on sticky sessions of the target group",
            "elbv2.modify_target_group_attributes", {"TargetGroupArn": TARGETS, "Attributes": attributes},
        ),
        Step(
            "listener", f"Create the HTTP listener on port {SITE_PORT}", "elbv2.create_listener",
            {**listener, "Tags": TAGS},
            repeat=look, lookup="listener_of_step",
        ),
    )  # fmt: skip


def _site(plan: WordPress) -> tuple[Step, ...]:
    return (
        _definition("site_definition", plan.site_definition()),
        _service("site", plan.site_service()),
        Step(
            "answers", "Wait until the site's targets are healthy",
            until="targets_healthy", until_params={"target_group": TARGETS, "wanted": plan.site_count}, timeout=900,
        ),
    )  # fmt: skip


def _definition(key: str, definition: dict[str, Any]) -> Step:
    return Step(
        key, f"Register the task definition {definition['family']}", "ecs.register_task_definition",
        {**definition, "tags": ECS_TAGS}, repeat=Repeat.LOOKUP, lookup="revision_of_step",
        doubles="spare_revisions", takes_back="ecs.deregister_task_definition",
    )  # fmt: skip


def _service(key: str, params: dict[str, Any]) -> Step:
    where = {"cluster": params["cluster"], "service": params["serviceName"]}
    return Step(
        key, f"Create the service {params['serviceName']} and wait until it is steady", "ecs.create_service",
        {**params, "tags": ECS_TAGS}, repeat=Repeat.TOKEN,
        until="service_steady", until_params=where, timeout=STEADY_SECONDS,
    )  # fmt: skip
