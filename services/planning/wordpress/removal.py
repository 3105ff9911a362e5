"""Steps that delete the resources that an operation created: dependents first, in reverse order of creation.

Every step can be repeated: it tolerates a missing resource. A resource that AWS identifies by name only, or whose
creating call got no response, is first looked up by the tag or token of the step that created it, so a resource of the
same name from another source is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecsdash.operations.plan import Step
from ecsdash.operations.refs import ref
from services.planning.load_balancing.removal import (
    REMOVAL_CALLS,
    listener_removal,
    load_balancer_removal,
    target_group_removal,
)
from services.planning.wordpress.created import Created

DRAIN_SECONDS = 1800
#: Network interfaces of tasks and load balancers hold their security groups for some minutes.
INTERFACES_SECONDS = 1800
POLICIES = ("iam.put_role_policy", "iam.attach_role_policy")
CALLS = (
    *REMOVAL_CALLS[1:], "ecs.delete_service", "ecs.deregister_task_definition", "ecs.delete_cluster",
    "servicediscovery.delete_service", "servicediscovery.delete_namespace", "efs.delete_access_point",
    "efs.delete_mount_target", "efs.delete_file_system", "secretsmanager.delete_secret", "logs.delete_log_group",
    "iam.delete_role_policy", "iam.detach_role_policy", "iam.delete_role", "ec2.revoke_security_group_ingress",
)  # fmt: skip


def removal_steps(created: Sequence[Created]) -> tuple[Step, ...]:
    """Return the removal steps; `created` is in order of creation."""
    last_first = created[::-1]
    return tuple(
        replace(step, removes=each.step_id)
        for call, steps in REMOVED.items()
        for each in last_first
        if each.call == call
        for step in steps(each, created)
    )


def _step(created: Created, title: str, call: str, params: Mapping[str, Any], *, name: str = "", **more: Any) -> Step:
    """Return a step; `name` distinguishes steps with the same call for one resource."""
    verb = call.partition(".")[2].partition("_")[0]
    return Step("_".join(filter(None, (verb, created.key, name))), title, call, dict(params), **more)


def _service(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    """Return the forced deletion: ECS scales the service to 0. The step waits until the last task has stopped."""
    where = {"cluster": created.params["cluster"], "service": created.params["serviceName"]}
    find = created.find("service_of_step", "cluster", "serviceName")
    return (
        _step(
            created, f"Delete the service {created.name} and stop its tasks", "ecs.delete_service",
            {**where, "force": True}, find=find,
            tolerate=("ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"),
            until="created_service_gone", until_params={"find": find}, timeout=DRAIN_SECONDS,
        ),
    )  # fmt: skip


def _listener(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    arn, find = _result_or_lookup(created, "Listeners.0.ListenerArn", "listener_of_step", "LoadBalancerArn", "Port")
    return (listener_removal(f"delete_{created.key}", created.name, arn, find=find),)


def _load_balancer(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    arn, find = _result_or_lookup(created, "LoadBalancers.0.LoadBalancerArn", "load_balancer_of_step", "Name")
    gone: dict[str, Any] = {} if find else {"until": "load_balancer_gone", "until_params": {"load_balancer": arn}}
    return (load_balancer_removal(f"delete_{created.key}", created.name, arn, find=find, **gone),)


def _target_group(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    arn, find = _result_or_lookup(created, "TargetGroups.0.TargetGroupArn", "target_group_of_step", "Name")
    return (target_group_removal(f"delete_{created.key}", created.name, arn, find=find),)


def _namespace(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    """Return the steps that delete the namespace and first its Cloud Map services, which ECS may leave.

    CreateHttpNamespace returns an operation id only, so the namespace is always looked up by its tag.
    """
    find = created.find("namespace_of_step", "Name")
    services = [
        _step(
            created,
            f"Delete the Cloud Map service {name}",
            "servicediscovery.delete_service",
            {"Id": ref("found.Id")},
            find=created.find("cloud_map_service_of_step", "Name", Service=name),
            tolerate=("ServiceNotFound",),
            retry_on=("ResourceInUse",),
            name=name,
        )
        for name in _discovery_names(created, others)
    ]
    namespace = _step(
        created,
        f"Delete the namespace {created.name}",
        "servicediscovery.delete_namespace",
        {"Id": ref("found.Id")},
        find=find,
        tolerate=("NamespaceNotFound",),
        retry_on=("ResourceInUse",),
        until="created_resource_gone",
        until_params={"find": find},
    )
    return (*services, namespace)  # fmt: skip


def _discovery_names(namespace: Created, others: Sequence[Created]) -> list[str]:
    """Return the discovery names of the operation's services in the namespace."""
    asked = [each.params.get("serviceConnectConfiguration", {}) for each in others if each.call == "ecs.create_service"]
    return [
        offered["discoveryName"]
        for connect in asked
        if connect.get("namespace") == namespace.name
        for offered in connect.get("services", ())
    ]


def _definition(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    arn, find = _result_or_lookup(created, "taskDefinition.taskDefinitionArn", "revision_of_step", "family")
    title = f"Deregister the task definition {created.name}"
    return (_step(created, title, "ecs.deregister_task_definition", {"taskDefinition": arn}, find=find),)


def _cluster(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    name, find = created.params["clusterName"], created.find("cluster_of_step", "clusterName")
    return (
        _step(
            created, f"Delete the cluster {name}", "ecs.delete_cluster", {"cluster": name},
            find=find, tolerate=("ClusterNotFoundException",),
            retry_on=("ClusterContainsServicesException", "ClusterContainsTasksException", "UpdateInProgressException"),
            until="created_resource_gone", until_params={"find": find},
        ),
    )  # fmt: skip


def _access_point(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    arn, find = _result_or_lookup(created, "AccessPointId", "access_point_of_step", "FileSystemId")
    title, gone = f"Delete the access point {created.name}", ("AccessPointNotFound", "FileSystemNotFound")
    return (_step(created, title, "efs.delete_access_point", {"AccessPointId": arn}, find=find, tolerate=gone),)


def _mount_target(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    target, find = _result_or_lookup(created, "MountTargetId", "mount_target_of_step", "FileSystemId", "SubnetId")
    gone: dict[str, Any] = {} if find else {"until": "mount_target_gone", "until_params": {"mount_target": target}}
    return (
        _step(
            created, f"Delete the mount target of {created.name}", "efs.delete_mount_target",
            {"MountTargetId": target}, find=find, tolerate=("MountTargetNotFound",), **gone,
        ),
    )  # fmt: skip


def _file_system(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    files, find = _result_or_lookup(created, "FileSystemId", "file_system_of_step", "CreationToken")
    gone: dict[str, Any] = {} if find else {"until": "file_system_gone", "until_params": {"file_system": files}}
    return (
        _step(
            created, f"Delete the file system {created.name} and all its files", "efs.delete_file_system",
            {"FileSystemId": files}, find=find, tolerate=("FileSystemNotFound",), retry_on=("FileSystemInUse",), **gone,
        ),
    )  # fmt: skip


def _secret(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    """Return the deletion without a recovery window, which would block the name of the secret."""
    arn, find = _result_or_lookup(created, "ARN", "secret_of_step", "Name")
    return (
        _step(
            created, f"Delete the secret {created.name} without a recovery window", "secretsmanager.delete_secret",
            {"SecretId": arn, "ForceDeleteWithoutRecovery": True}, find=find, tolerate=("ResourceNotFoundException",),
            until="secret_gone", until_params={"secret": created.name if find else arn},
        ),
    )  # fmt: skip


def _log_group(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    return (
        _step(
            created, f"Delete the log group {created.name} and its logs", "logs.delete_log_group",
            {"logGroupName": created.name}, find=created.find("log_group_of_step", "logGroupName"),
            tolerate=("ResourceNotFoundException",),
        ),
    )  # fmt: skip


def _role(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    """Return the steps that remove the role's policies and the role: IAM does not delete a role with policies."""
    name, find = created.params["RoleName"], created.find("role_of_step", "RoleName")
    added = {each: _policy(each) for each in others[::-1] if each.call in POLICIES and each.params["RoleName"] == name}
    policies = [
        _step(each, title, call, params, find=find, tolerate=("NoSuchEntity",))
        for each, (title, call, params) in added.items()
    ]
    role = _step(
        created, f"Delete the role {name}", "iam.delete_role", {"RoleName": name}, find=find, tolerate=("NoSuchEntity",)
    )
    return (*policies, role)  # fmt: skip


def _policy(created: Created) -> tuple[str, str, dict[str, Any]]:
    """Return title, call and parameters of the step that removes a policy from its role."""
    role = created.params["RoleName"]
    if created.call == "iam.put_role_policy":
        policy = created.params["PolicyName"]
        title = f"Delete the policy {policy} of the role {role}"
        return title, "iam.delete_role_policy", {"RoleName": role, "PolicyName": policy}
    arn = created.params["PolicyArn"]
    title = f"Detach {arn.rpartition('/')[2]} from the role {role}"
    return title, "iam.detach_role_policy", {"RoleName": role, "PolicyArn": arn}


def _rule(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    """Return the revocation of a rule that references another group, which blocks the deletion of that group."""
    own = {each.result.get("GroupId") for each in others if each.call == "ec2.create_security_group"}
    names_group = any(permission.get("UserIdGroupPairs") for permission in created.params["IpPermissions"])
    if created.params["GroupId"] not in own or not names_group:
        return ()
    return (
        _step(
            created, f"Revoke the rule of {created.params['GroupId']} that references another security group",
            "ec2.revoke_security_group_ingress", created.params,
            tolerate=("InvalidPermission.NotFound", "InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
        ),
    )  # fmt: skip


def _group(created: Created, others: Sequence[Created]) -> tuple[Step, ...]:
    group, find = _result_or_lookup(created, "GroupId", "security_group_of_step", "VpcId")
    return (
        _step(
            created, f"Delete the security group {created.name}", "ec2.delete_security_group", {"GroupId": group},
            find=find, tolerate=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
            retry_on=("DependencyViolation",), timeout=INTERFACES_SECONDS,
        ),
    )  # fmt: skip


def _result_or_lookup(created: Created, path: str, lookup: str, *names: str) -> tuple[Any, dict[str, Any]]:
    """Return the value at `path` of the call's result, or a reference to the look-up if there is no result."""
    if not created.known:
        return ref(f"found.{path}"), created.find(lookup, *names)
    value: Any = created.result
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value, {}


#: Call -> function that returns its removal steps, in order of removal. It also gets all created resources.
REMOVED: Mapping[str, Callable[[Created, Sequence[Created]], tuple[Step, ...]]] = {
    "ecs.create_service": _service,
    "elbv2.create_listener": _listener,
    "elbv2.create_load_balancer": _load_balancer,
    "elbv2.create_target_group": _target_group,
    "servicediscovery.create_http_namespace": _namespace,
    "ecs.register_task_definition": _definition,
    "ecs.create_cluster": _cluster,
    "efs.create_access_point": _access_point,
    "efs.create_mount_target": _mount_target,
    "efs.create_file_system": _file_system,
    "secretsmanager.create_secret": _secret,
    "logs.create_log_group": _log_group,
    "iam.create_role": _role,
    "ec2.authorize_security_group_ingress": _rule,
    "ec2.create_security_group": _group,
}
