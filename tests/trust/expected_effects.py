"""What the actions call and change in the simulated AWS, for each journey through them."""

from typing import Final

#: Operations of EFS as the endpoint knows them.
OF_EFS: Final = {
    "CreateFileSystem": "Post file-systems",
    "CreateMountTarget": "Post mount-targets",
    "CreateAccessPoint": "Post access-points",
    "DeleteFileSystem": "Delete file-systems",
    "DeleteMountTarget": "Delete mount-targets",
    "DeleteAccessPoint": "Delete access-points",
}
#: The writing calls of each journey.
CALLS: Final[dict[str, set[str]]] = {
    "of_clusters": {
        "AddRoleToInstanceProfile", "AttachRolePolicy", "CreateCluster", "CreateInstanceProfile", "CreateRole",
        "DeleteCluster", "DeregisterContainerInstance", "PutClusterCapacityProviders", "RunInstances", "TagResource",
        "TerminateInstances", "UpdateCluster", "UpdateClusterSettings", "UpdateContainerInstancesState",
    },
    "of_providers": {
        "AddRoleToInstanceProfile", "AttachRolePolicy", "CreateAutoScalingGroup", "CreateCapacityProvider",
        "CreateInstanceProfile", "CreateLaunchTemplate", "CreateRole", "DeleteAutoScalingGroup",
        "DeleteCapacityProvider", "DeleteLaunchTemplate", "PutAccountSettingDefault", "PutClusterCapacityProviders",
        "TagResource", "UpdateAutoScalingGroup", "UpdateCapacityProvider",
    },
    "of_services": {
        "CreateHttpNamespace", "CreateListener", "CreateLoadBalancer", "CreateLogGroup", "CreateRule", "CreateService",
        "CreateTargetGroup", "DeleteListener", "DeleteLoadBalancer", "DeleteRule", "DeleteService", "DeleteTargetGroup",
        "ModifyListener", "ModifyRule",
        "ModifyTargetGroup", "ModifyTargetGroupAttributes", "RegisterTaskDefinition", "SetRulePriorities",
        "StopServiceDeployment", "TagResource", "UpdateService",
    },
    "of_paused_deployments": {"ContinueServiceDeployment"},
    "of_auto_scaling": {
        "DeleteAlarms", "DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget", "PutMetricAlarm",
        "PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget", "UpdateService",
    },
    "of_tasks": {
        "DeleteTaskDefinitions", "DeregisterTaskDefinition", "RegisterTaskDefinition", "RunTask", "StopTask",
        "TagResource",
    },
    "of_events": {
        "CreateQueue", "DeleteQueue", "DeleteRule", "PutRule", "PutTargets", "RemoveTargets", "SetQueueAttributes",
    },
    "of_wordpress": {
        "RevokeSecurityGroupIngress",
        "AttachRolePolicy", "AuthorizeSecurityGroupIngress", "CreateCluster", "CreateHttpNamespace",
        "CreateListener", "CreateLoadBalancer", "CreateLogGroup", "CreateRole", "CreateSecret",
        "CreateSecurityGroup", "CreateService", "CreateTargetGroup", "Delete access-points", "Delete file-systems",
        "Delete mount-targets", "DeleteCluster", "DeleteListener", "DeleteLoadBalancer", "DeleteLogGroup",
        "DeleteNamespace", "DeleteRole", "DeleteRolePolicy", "DeleteSecret", "DeleteSecurityGroup", "DeleteService",
        "DeleteTargetGroup", "DeregisterTaskDefinition", "DetachRolePolicy", "ModifyTargetGroupAttributes",
        "Post access-points", "Post file-systems", "Post mount-targets", "PutRolePolicy", "RegisterTaskDefinition",
    },
    "of_scaling": {
        "PutScalingPolicy",
    },
    "of_external_changes": {
        "ModifyListener", "RegisterScalableTarget", "UntagResource", "UpdateClusterSettings", "UpdateService",
    },
    "of_capacity": {
        "AddRoleToInstanceProfile", "AttachRolePolicy", "CreateAutoScalingGroup", "CreateCapacityProvider",
        "CreateCluster", "CreateInstanceProfile", "CreateLaunchTemplate", "CreateRole", "DeleteAutoScalingGroup",
        "DeleteCapacityProvider", "DeleteCluster", "DeleteLaunchTemplate", "DeregisterContainerInstance",
        "PutClusterCapacityProviders", "TerminateInstanceInAutoScalingGroup", "UpdateContainerInstancesState",
    },
    "of_rules": {
        "CreateRule", "CreateService", "CreateTargetGroup", "DeleteRule", "DeleteService", "DeleteTargetGroup",
    },
    "of_namespaces": {
        "CreateHttpNamespace", "CreatePrivateDnsNamespace", "DeleteNamespace",
    },
}  # fmt: skip
#: What each action changes in AWS: how many there are more, or fewer.
EFFECTS: Final[dict[str, dict[str, dict[str, int]]]] = {
    "of_clusters": {
        "create_cluster": {"clusters": 1},
        "edit_cluster": {},
        "edit_cluster_tags": {},
        "edit_container_instance_tags": {},
        "launch_container_instances": {"container instances": 3, "instances": 3, "roles": 1, "instance profiles": 1},
        "drain_container_instance": {},
        "activate_container_instance": {},
        "terminate_container_instance": {"container instances": -1, "instances": -1},
        "drain_container_instances": {},
        "activate_container_instances": {},
        "terminate_container_instances": {"container instances": -2, "instances": -2},
        "delete_cluster": {"clusters": -1},
    },
    "of_providers": {
        "create_capacity_provider": {
            "capacity providers": 1, "container instances": 1, "instances": 1, "launch templates": 1,
            "Auto Scaling groups": 1, "roles": 1, "instance profiles": 1,
        },
        "edit_capacity_provider": {},
        "edit_capacity_provider_tags": {},
        "create_managed_instances": {"capacity providers": 1},
        "edit_managed_instances": {},
        "resize_auto_scaling_group": {"container instances": 1, "instances": 1},
        "delete_capacity_provider": {
            "capacity providers": -1, "container instances": -2, "instances": -2, "launch templates": -1,
            "Auto Scaling groups": -1,
        },
        "edit_account_setting": {},
    },
    "of_services": {
        "create_service": {
            "services": 1, "tasks": 2, "deployments": 1, "target groups": 1, "load balancers": 1, "listeners": 1,
            "rules": 1,
        },
        "edit_target_group": {},
        "create_listener_rule": {"rules": 1},
        "edit_listener_rule": {},
        "delete_listener_rule": {"rules": -1},
        "create_listener": {"listeners": 1, "rules": 1},
        "edit_listener": {},
        "delete_listener": {"listeners": -1, "rules": -1},
        "scale_service": {"tasks": -1},
        "edit_service_tags": {},
        "force_new_deployment": {"deployments": 1},
        "restart_services": {"deployments": 1},
        "deploy_services": {"revisions": 1, "deployments": 1},
        "deploy_service": {"revisions": 1, "deployments": 1},
        "rollback_service": {"deployments": 1},
        "deploy_changes": {"revisions": 1, "deployments": 1},
        "restore_service": {"deployments": 1},
        "edit_service": {},
        "stop_deployment": {},
        "delete_service": {"services": -1, "tasks": -1, "deployments": -9},
        "remove_leftovers": {"target groups": -1, "load balancers": -1, "listeners": -1, "rules": -1},
        "create_services": {
            "revisions": 1, "services": 1, "tasks": 1, "deployments": 1, "log groups": 1, "namespaces": 1,
        },
    },
    "of_paused_deployments": {"continue_deployment": {"tasks": -2}},
    "of_auto_scaling": {
        "set_auto_scaling": {},
        "edit_scaling_policy": {},
        "edit_step_policy": {},
        "edit_scheduled_action": {},
        "hold_desired_tasks": {"tasks": 1},
        "delete_scheduled_action": {},
        "delete_scaling_policy": {},
        "remove_auto_scaling": {},
    },
    "of_tasks": {
        "register_task_definition": {"revisions": 1},
        "deregister_task_definition": {"revisions": -1},
        "run_task": {"tasks": 2},
        "stop_task": {"tasks": -1},
        "edit_task_tags": {},
        "edit_task_definition_tags": {},
        "delete_task_definition": {},
        "clean_up_task_definitions": {"revisions": -1},
    },
    "of_events": {
        "connect_events": {"queues": 1, "event rules": 1},
        "disconnect_events": {"queues": -1, "event rules": -1},
    },
    "of_wordpress": {
        "create_wordpress": {
            "clusters": 1, "revisions": 2, "services": 2, "tasks": 3, "deployments": 2, "security groups": 5,
            "target groups": 1, "load balancers": 1, "listeners": 1, "rules": 1, "roles": 1, "log groups": 1,
            "secrets": 2, "namespaces": 1, "file systems": 2, "mount targets": 4, "access points": 1,
        },
        "remove_created": {
            "clusters": -1, "revisions": -2, "services": -2, "tasks": -3, "deployments": -2, "security groups": -5,
            "target groups": -1, "load balancers": -1, "listeners": -1, "rules": -1, "roles": -1, "log groups": -1,
            "secrets": -2, "namespaces": -1, "file systems": -2, "mount targets": -4, "access points": -1,
        },
    },
    "of_external_changes": {
        "revert_service_change": {"tasks": -1},
        "revert_scaling_change": {},
        "revert_listener_change": {},
        "revert_tag_change": {},
        "revert_cluster_change": {},
    },
    "of_capacity": {
        "create_cluster": {
            "clusters": 1, "capacity providers": 1, "container instances": 2, "instances": 2, "launch templates": 1,
            "Auto Scaling groups": 1, "roles": 1, "instance profiles": 1,
        },
        "terminate_container_instance": {"container instances": -1, "instances": -1},
        "delete_cluster": {
            "clusters": -1, "capacity providers": -1, "container instances": -1, "instances": -1,
            "launch templates": -1, "Auto Scaling groups": -1,
        },
    },
    "of_rules": {
        "create_service": {"services": 1, "tasks": 2, "deployments": 1, "target groups": 1, "rules": 1},
        "delete_service": {"services": -1, "tasks": -2, "deployments": -1, "target groups": -1, "rules": -1},
    },
    "of_scaling": {
        "revert_scaling_change": {},
    },
    "of_namespaces": {
        "create_namespace": {"namespaces": 1},
        "delete_namespace": {"namespaces": -1},
    },
}  # fmt: skip
