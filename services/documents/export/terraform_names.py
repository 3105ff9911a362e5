"""Arguments of the AWS provider of Terraform, by the path of the member of the ECS API that they hold.

`[]` stands for the entries of a list. A path that is not here has no argument.
"""

from collections.abc import Mapping
from typing import Final

from services.documents.kinds import DocumentKind

RESOURCES: Final = {
    DocumentKind.TASK_DEFINITION: "aws_ecs_task_definition",
    DocumentKind.SERVICE: "aws_ecs_service",
}
TASK_DEFINITION: Final[Mapping[str, str]] = {
    "family": "family",
    "containerDefinitions": "container_definitions",
    "taskRoleArn": "task_role_arn",
    "executionRoleArn": "execution_role_arn",
    "networkMode": "network_mode",
    "requiresCompatibilities": "requires_compatibilities",
    "cpu": "cpu",
    "memory": "memory",
    "tags": "tags",
    "pidMode": "pid_mode",
    "ipcMode": "ipc_mode",
    "enableFaultInjection": "enable_fault_injection",
    "ephemeralStorage.sizeInGiB": "ephemeral_storage.size_in_gib",
    "runtimePlatform.cpuArchitecture": "runtime_platform.cpu_architecture",
    "runtimePlatform.operatingSystemFamily": "runtime_platform.operating_system_family",
    "placementConstraints[].type": "placement_constraints[].type",
    "placementConstraints[].expression": "placement_constraints[].expression",
    "proxyConfiguration.type": "proxy_configuration.type",
    "proxyConfiguration.containerName": "proxy_configuration.container_name",
    "proxyConfiguration.properties": "proxy_configuration.properties",
    "volumes[].name": "volume[].name",
    "volumes[].host.sourcePath": "volume[].host_path",
    "volumes[].configuredAtLaunch": "volume[].configure_at_launch",
    **{
        f"volumes[].dockerVolumeConfiguration.{member}": f"volume[].docker_volume_configuration.{argument}"
        for member, argument in (
            ("scope", "scope"),
            ("autoprovision", "autoprovision"),
            ("driver", "driver"),
            ("driverOpts", "driver_opts"),
            ("labels", "labels"),
        )
    },
    **{
        f"volumes[].efsVolumeConfiguration.{member}": f"volume[].efs_volume_configuration.{argument}"
        for member, argument in (
            ("fileSystemId", "file_system_id"),
            ("rootDirectory", "root_directory"),
            ("transitEncryption", "transit_encryption"),
            ("transitEncryptionPort", "transit_encryption_port"),
            ("authorizationConfig.accessPointId", "authorization_config.access_point_id"),
            ("authorizationConfig.iam", "authorization_config.iam"),
        )
    },
    **{
        f"volumes[].fsxWindowsFileServerVolumeConfiguration.{member}":
        f"volume[].fsx_windows_file_server_volume_configuration.{argument}"
        for member, argument in (
            ("fileSystemId", "file_system_id"),
            ("rootDirectory", "root_directory"),
            ("authorizationConfig.credentialsParameter", "authorization_config.credentials_parameter"),
            ("authorizationConfig.domain", "authorization_config.domain"),
        )
    },
}  # fmt: skip
SERVICE: Final[Mapping[str, str]] = {
    "serviceName": "name",
    "cluster": "cluster",
    "taskDefinition": "task_definition",
    "desiredCount": "desired_count",
    "launchType": "launch_type",
    "platformVersion": "platform_version",
    "schedulingStrategy": "scheduling_strategy",
    "role": "iam_role",
    "tags": "tags",
    "propagateTags": "propagate_tags",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentController.type": "deployment_controller.type",
    "deploymentConfiguration.maximumPercent": "deployment_maximum_percent",
    "deploymentConfiguration.minimumHealthyPercent": "deployment_minimum_healthy_percent",
    "deploymentConfiguration.deploymentCircuitBreaker.enable": "deployment_circuit_breaker.enable",
    "deploymentConfiguration.deploymentCircuitBreaker.rollback": "deployment_circuit_breaker.rollback",
    "deploymentConfiguration.alarms.alarmNames": "alarms.alarm_names",
    "deploymentConfiguration.alarms.enable": "alarms.enable",
    "deploymentConfiguration.alarms.rollback": "alarms.rollback",
    **{
        f"deploymentConfiguration.{member}": f"deployment_configuration.{argument}"
        for member, argument in (
            ("strategy", "strategy"),
            ("bakeTimeInMinutes", "bake_time_in_minutes"),
            ("lifecycleHooks[].hookTargetArn", "lifecycle_hook[].hook_target_arn"),
            ("lifecycleHooks[].roleArn", "lifecycle_hook[].role_arn"),
            ("lifecycleHooks[].lifecycleStages", "lifecycle_hook[].lifecycle_stages"),
            ("lifecycleHooks[].hookDetails", "lifecycle_hook[].hook_details"),
            ("linearConfiguration.stepPercent", "linear_configuration.step_percent"),
            ("linearConfiguration.stepBakeTimeInMinutes", "linear_configuration.step_bake_time_in_minutes"),
            ("canaryConfiguration.canaryPercent", "canary_configuration.canary_percent"),
            ("canaryConfiguration.canaryBakeTimeInMinutes", "canary_configuration.canary_bake_time_in_minutes"),
        )
    },
    "networkConfiguration.awsvpcConfiguration.subnets": "network_configuration.subnets",
    "networkConfiguration.awsvpcConfiguration.securityGroups": "network_configuration.security_groups",
    "networkConfiguration.awsvpcConfiguration.assignPublicIp": "network_configuration.assign_public_ip",
    "capacityProviderStrategy[].capacityProvider": "capacity_provider_strategy[].capacity_provider",
    "capacityProviderStrategy[].weight": "capacity_provider_strategy[].weight",
    "capacityProviderStrategy[].base": "capacity_provider_strategy[].base",
    "placementConstraints[].type": "placement_constraints[].type",
    "placementConstraints[].expression": "placement_constraints[].expression",
    "placementStrategy[].type": "ordered_placement_strategy[].type",
    "placementStrategy[].field": "ordered_placement_strategy[].field",
    **{
        f"loadBalancers[].{member}": f"load_balancer[].{argument}"
        for member, argument in (
            ("targetGroupArn", "target_group_arn"),
            ("loadBalancerName", "elb_name"),
            ("containerName", "container_name"),
            ("containerPort", "container_port"),
            ("advancedConfiguration.alternateTargetGroupArn", "advanced_configuration.alternate_target_group_arn"),
            ("advancedConfiguration.productionListenerRule", "advanced_configuration.production_listener_rule"),
            ("advancedConfiguration.testListenerRule", "advanced_configuration.test_listener_rule"),
            ("advancedConfiguration.roleArn", "advanced_configuration.role_arn"),
        )
    },
    "serviceRegistries[].registryArn": "service_registries[].registry_arn",
    "serviceRegistries[].port": "service_registries[].port",
    "serviceRegistries[].containerName": "service_registries[].container_name",
    "serviceRegistries[].containerPort": "service_registries[].container_port",
    **{
        f"serviceConnectConfiguration.{member}": f"service_connect_configuration.{argument}"
        for member, argument in (
            ("enabled", "enabled"),
            ("namespace", "namespace"),
            ("logConfiguration.logDriver", "log_configuration.log_driver"),
            ("logConfiguration.options", "log_configuration.options"),
            ("logConfiguration.secretOptions[].name", "log_configuration.secret_option[].name"),
            ("logConfiguration.secretOptions[].valueFrom", "log_configuration.secret_option[].value_from"),
            ("services[].portName", "service[].port_name"),
            ("services[].discoveryName", "service[].discovery_name"),
            ("services[].ingressPortOverride", "service[].ingress_port_override"),
            ("services[].clientAliases[].port", "service[].client_alias[].port"),
            ("services[].clientAliases[].dnsName", "service[].client_alias[].dns_name"),
            ("services[].timeout.idleTimeoutSeconds", "service[].timeout.idle_timeout_seconds"),
            ("services[].timeout.perRequestTimeoutSeconds", "service[].timeout.per_request_timeout_seconds"),
            ("services[].tls.issuerCertificateAuthority.awsPcaAuthorityArn",
             "service[].tls.issuer_cert_authority.aws_pca_authority_arn"),
            ("services[].tls.kmsKey", "service[].tls.kms_key"),
            ("services[].tls.roleArn", "service[].tls.role_arn"),
        )
    },
    "volumeConfigurations[].name": "volume_configuration[].name",
    **{
        f"volumeConfigurations[].managedEBSVolume.{member}": f"volume_configuration[].managed_ebs_volume.{argument}"
        for member, argument in (
            ("roleArn", "role_arn"),
            ("encrypted", "encrypted"),
            ("filesystemType", "file_system_type"),
            ("iops", "iops"),
            ("kmsKeyId", "kms_key_id"),
            ("sizeInGiB", "size_in_gb"),
            ("snapshotId", "snapshot_id"),
            ("throughput", "throughput"),
            ("volumeType", "volume_type"),
            ("volumeInitializationRate", "volume_initialization_rate"),
            ("tagSpecifications[].resourceType", "tag_specifications[].resource_type"),
            ("tagSpecifications[].propagateTags", "tag_specifications[].propagate_tags"),
            ("tagSpecifications[].tags", "tag_specifications[].tags"),
        )
    },
    "vpcLatticeConfigurations[].roleArn": "vpc_lattice_configurations[].role_arn",
    "vpcLatticeConfigurations[].targetGroupArn": "vpc_lattice_configurations[].target_group_arn",
    "vpcLatticeConfigurations[].portName": "vpc_lattice_configurations[].port_name",
}  # fmt: skip
ARGUMENTS: Final = {DocumentKind.TASK_DEFINITION: TASK_DEFINITION, DocumentKind.SERVICE: SERVICE}
