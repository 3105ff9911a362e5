"""The steps of a WordPress, in order: what it stands on, the database, the way in, the site."""

import json
from typing import Any

from ecsdash.aws.arns import managed_policy
from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, random_secret, ref
from services.planning.wordpress.parts import DATA_PORT, DATABASE_PORT, EXECUTION_POLICY, SITE_PORT, TRUST, WordPress
from services.runtime.task_definitions import STEP_TAG

STEADY_SECONDS = 1800
TAGS = [{"Key": STEP_TAG, "Value": STEP_ID}]
FILES = ref("files.FileSystemId")
BALANCER = ref("balancer.LoadBalancers.0.LoadBalancerArn")
TARGETS = ref("targets.TargetGroups.0.TargetGroupArn")


def wordpress_steps(plan: WordPress) -> tuple[Step, ...]:
    return (
        *_cluster(plan),
        *_groups(plan),
        *_secret_and_role(plan),
        *_files(plan),
        *_names(plan),
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
        {"clusterName": plan.cluster, **providers},
        until="cluster_active", until_params={"cluster": plan.cluster}, timeout=300,
    )  # fmt: skip
    return (create,)


def _groups(plan: WordPress) -> tuple[Step, ...]:
    """Four security groups; each lets in only the one before it."""
    return (
        _group(plan, "balancer_group", "lb", "the load balancer"),
        _group(plan, "site_group", "site", "the site"),
        _group(plan, "database_group", "db", "the database"),
        _group(plan, "data_group", "data", "the data volume"),
        _let_in("balancer_group", "everybody", SITE_PORT, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        _let_in("site_group", "the load balancer", SITE_PORT, _from_group("balancer_group")),
        _let_in("database_group", "the site", DATABASE_PORT, _from_group("site_group")),
        _let_in("data_group", "the database", DATA_PORT, _from_group("database_group")),
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


def _let_in(key: str, whom: str, port: int, source: dict[str, Any]) -> Step:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    return Step(
        f"{key}_rule", f"Let {whom} in at port {port}", "ec2.authorize_security_group_ingress",
        {"GroupId": ref(f"{key}.GroupId"), "IpPermissions": [permission]},
        tolerate=("InvalidPermission.Duplicate",),
    )  # fmt: skip


def _from_group(key: str) -> dict[str, Any]:
    return {"UserIdGroupPairs": [{"GroupId": ref(f"{key}.GroupId")}]}


def _secret_and_role(plan: WordPress) -> tuple[Step, ...]:
    there = ("EntityAlreadyExists",)
    return (
        Step(
            "secret", "Keep a random database password in Secrets Manager", "secretsmanager.create_secret",
            {"Name": f"{plan.name}/database-password", "SecretString": random_secret(32), "Tags": TAGS},
            repeat=Repeat.LOOKUP, lookup="secret_of_step",
        ),
        Step(
            "role", f"Create the role {plan.role}", "iam.create_role",
            {"RoleName": plan.role, "AssumeRolePolicyDocument": json.dumps(TRUST)}, tolerate=there,
        ),
        Step(
            "role_logs", "Let the role pull images and write logs", "iam.attach_role_policy",
            {"RoleName": plan.role, "PolicyArn": managed_policy(plan.region, EXECUTION_POLICY)},
        ),
        Step(
            "role_secret", "Let the role read the password", "iam.put_role_policy",
            {"RoleName": plan.role, "PolicyName": plan.may_read_secret(), "PolicyDocument": plan.secret_policy()},
        ),
        Step(
            "logs", f"Create the log group {plan.log_group}", "logs.create_log_group",
            {"logGroupName": plan.log_group}, tolerate=("ResourceAlreadyExistsException",),
        ),
    )  # fmt: skip


def _files(plan: WordPress) -> tuple[Step, ...]:
    """The data volume, reachable from every subnet."""
    name = [{"Key": "Name", "Value": plan.name}]
    mounts = [
        Step(
            f"mount_{number}", f"Make the data volume reachable in {subnet}", "efs.create_mount_target",
            {"FileSystemId": FILES, "SubnetId": subnet, "SecurityGroups": [ref("data_group.GroupId")]},
            tolerate=("MountTargetConflict",),
        )
        for number, subnet in enumerate(plan.subnets)
    ]  # fmt: skip
    return (
        Step(
            "files", "Create the data volume (EFS)", "efs.create_file_system",
            {"CreationToken": STEP_ID, "Encrypted": True, "Tags": name},
            repeat=Repeat.LOOKUP, lookup="file_system_of_step",
            until="file_system_available", until_params={"file_system": FILES}, timeout=300,
        ),
        *mounts,
        Step(
            "mounted", "Wait until the data volume can be mounted",
            until="mount_targets_available", until_params={"file_system": FILES}, timeout=600,
        ),
    )  # fmt: skip


def _names(plan: WordPress) -> tuple[Step, ...]:
    namespace = Step(
        "names", f"Create the namespace {plan.name} for Service Connect", "servicediscovery.create_http_namespace",
        {"Name": plan.name, "CreatorRequestId": STEP_ID}, tolerate=("NamespaceAlreadyExists",),
        until="namespace_there", until_params={"name": plan.name}, timeout=300,
    )  # fmt: skip
    return (namespace,)


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
        "Name": f"{plan.name}-site",
        "Protocol": "HTTP",
        "Port": SITE_PORT,
        "VpcId": plan.vpc,
        "TargetType": "ip",
        "HealthCheckPath": "/wp-login.php",
        "Matcher": {"HttpCode": "200-399"},
        "Tags": TAGS,
    }
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
            "listener", f"Listen on port {SITE_PORT}", "elbv2.create_listener", {**listener, "Tags": TAGS},
            repeat=look, lookup="listener_of_step",
        ),
    )  # fmt: skip


def _site(plan: WordPress) -> tuple[Step, ...]:
    return (
        _definition("site_definition", plan.site_definition()),
        _service("site", plan.site_service()),
        Step(
            "answers", "Wait until the load balancer finds the site healthy",
            until="targets_healthy", until_params={"target_group": TARGETS, "wanted": plan.site_count}, timeout=900,
        ),
    )  # fmt: skip


def _definition(key: str, definition: dict[str, Any]) -> Step:
    return Step(
        key, f"Register the task definition {definition['family']}", "ecs.register_task_definition", definition,
        repeat=Repeat.LOOKUP, lookup="revision_of_step",
    )  # fmt: skip


def _service(key: str, params: dict[str, Any]) -> Step:
    where = {"cluster": params["cluster"], "service": params["serviceName"]}
    return Step(
        key, f"Create the service {params['serviceName']} and wait until it is steady", "ecs.create_service", params,
        repeat=Repeat.TOKEN, until="service_steady", until_params=where, timeout=STEADY_SECONDS,
    )  # fmt: skip
