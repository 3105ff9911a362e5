"""AWS calls of the services app other than those that its actions declare."""

from ecsdash.inventory.accounts.permissions import Tier, need

need("Services", Tier.READ, "ecs.list_services", "ecs.describe_services")
need(
    "Service deployments",
    Tier.READ,
    "ecs.list_service_deployments",
    "ecs.describe_service_deployments",
    "ecs.describe_service_revisions",
)
need("Tasks", Tier.READ, "ecs.list_tasks", "ecs.describe_tasks")
need("Task definitions", Tier.READ, "ecs.list_task_definitions", "ecs.describe_task_definition")
need(
    "Load balancers and target health",
    Tier.READ,
    "elbv2.describe_load_balancers",
    "elbv2.describe_listeners",
    "elbv2.describe_rules",
    "elbv2.describe_target_groups",
    "elbv2.describe_target_health",
    "elbv2.describe_tags",
)
need("Certificates for HTTPS listeners", Tier.READ, "acm.list_certificates")
need("Container logs", Tier.READ, "logs.describe_log_groups", "logs.get_log_events")
need("CPU and memory metrics", Tier.READ, "cloudwatch.get_metric_data")
need(
    "Names of secrets, parameters and image repositories",
    Tier.READ,
    "secretsmanager.list_secrets",
    "ssm.describe_parameters",
    "ecr.describe_repositories",
)
need("Check that an image exists", Tier.DEPLOY, "ecr.describe_images")
need(
    "Progress of blueprints",
    Tier.OPERATE,
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
need(
    "Tags on the resources that a blueprint creates",
    Tier.OPERATE,
    "ecs.tag_resource",
    "ec2.create_tags",
    "elbv2.add_tags",
    "efs.tag_resource",
    "iam.tag_role",
    "logs.tag_resource",
    "secretsmanager.tag_resource",
    "servicediscovery.tag_resource",
)
need(
    "Network interfaces of EFS mount targets",
    Tier.OPERATE,
    "ec2.create_network_interface",
    "ec2.delete_network_interface",
    "ec2.describe_network_interfaces",
)
