"""AWS calls of the services app other than those that its actions declare."""

from ecsdash.inventory.accounts.permissions import PolicyLevel, declare

declare("Services", PolicyLevel.READ, "ecs.list_services", "ecs.describe_services")
declare(
    "Service deployments",
    PolicyLevel.READ,
    "ecs.list_service_deployments",
    "ecs.describe_service_deployments",
    "ecs.describe_service_revisions",
)
declare(
    "Express services and gateways",
    PolicyLevel.READ,
    "ecs.describe_express_gateway_service",
    "ecs.list_gateways",
    "ecs.describe_gateway",
    "ecs.describe_gateway_resources",
)
declare("Tasks", PolicyLevel.READ, "ecs.list_tasks", "ecs.describe_tasks")
declare("Task definitions", PolicyLevel.READ, "ecs.list_task_definitions", "ecs.describe_task_definition")
declare(
    "Schedules and event rules that start tasks",
    PolicyLevel.READ,
    "events.list_rule_names_by_target",
    "events.list_targets_by_rule",
    "scheduler.list_schedules",
    "scheduler.get_schedule",
)
declare(
    "Load balancers and target health",
    PolicyLevel.READ,
    "elbv2.describe_load_balancers",
    "elbv2.describe_listeners",
    "elbv2.describe_rules",
    "elbv2.describe_target_groups",
    "elbv2.describe_target_group_attributes",
    "elbv2.describe_target_health",
    "elbv2.describe_tags",
)
declare(
    "Scaling of services",
    PolicyLevel.READ,
    "application-autoscaling.describe_scalable_targets",
    "application-autoscaling.describe_scaling_policies",
    "application-autoscaling.describe_scheduled_actions",
    "application-autoscaling.describe_scaling_activities",
    "cloudwatch.describe_alarms",
)
declare("Certificates for HTTPS listeners", PolicyLevel.READ, "acm.list_certificates")
declare("Functions of lifecycle hooks", PolicyLevel.READ, "lambda.list_functions")
declare("Deployment alarms", PolicyLevel.READ, "cloudwatch.describe_alarms")
declare("Container logs", PolicyLevel.READ, "logs.describe_log_groups", "logs.filter_log_events", "logs.get_log_events")
declare("CPU and memory metrics", PolicyLevel.READ, "cloudwatch.get_metric_data")
declare(
    "Names of secrets, parameters and image repositories",
    PolicyLevel.READ,
    "secretsmanager.list_secrets",
    "ssm.describe_parameters",
    "ecr.describe_repositories",
)
declare(
    "Namespaces of Service Connect and service discovery",
    PolicyLevel.READ,
    "servicediscovery.list_namespaces",
    "servicediscovery.list_services",
)
declare("Progress of deleting a namespace", PolicyLevel.OPERATE, "servicediscovery.get_namespace")
declare("Platforms of images before they are deployed", PolicyLevel.DEPLOY, "ecr.batch_get_image")
declare("Check of what execution roles may do", PolicyLevel.DEPLOY, "iam.simulate_principal_policy")
declare("Tags, when a change of them is reverted", PolicyLevel.OPERATE, "ecs.list_tags_for_resource")
declare("Images of repositories and their scan findings", PolicyLevel.READ, "ecr.describe_images")
declare(
    "Progress of blueprints",
    PolicyLevel.OPERATE,
    "efs.describe_file_systems",
    "efs.describe_mount_targets",
    "efs.describe_access_points",
    "secretsmanager.describe_secret",
    "iam.get_role",
    "logs.list_tags_for_resource",
    "servicediscovery.list_namespaces",
    "servicediscovery.list_services",
    "servicediscovery.list_tags_for_resource",
)
declare(
    "Tags on the resources that a blueprint creates",
    PolicyLevel.OPERATE,
    "ecs.tag_resource",
    "ec2.create_tags",
    "elbv2.add_tags",
    "efs.tag_resource",
    "iam.tag_role",
    "logs.tag_resource",
    "secretsmanager.tag_resource",
    "servicediscovery.tag_resource",
)
declare(
    "Network interfaces of EFS mount targets",
    PolicyLevel.OPERATE,
    "ec2.create_network_interface",
    "ec2.delete_network_interface",
    "ec2.describe_network_interfaces",
)
declare(
    "Log groups created with a task definition: their tags, and their look-up",
    PolicyLevel.DEPLOY,
    "logs.tag_resource",
    "logs.describe_log_groups",
    "logs.list_tags_for_resource",
)
