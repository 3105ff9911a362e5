"""The AWS calls of the clusters app, without those that its actions declare."""

from ecsdash.inventory.accounts.permissions import PolicyLevel, declare

declare("Clusters", PolicyLevel.READ, "ecs.list_clusters", "ecs.describe_clusters")
declare("Account settings of ECS", PolicyLevel.READ, "ecs.list_account_settings")
declare("Container instances", PolicyLevel.READ, "ecs.list_container_instances", "ecs.describe_container_instances")
declare("Capacity", PolicyLevel.READ, "ecs.describe_capacity_providers", "autoscaling.describe_auto_scaling_groups")
declare(
    "Networks, key pairs and images for forms",
    PolicyLevel.READ,
    "ec2.describe_vpcs",
    "ec2.describe_subnets",
    "ec2.describe_security_groups",
    "ec2.describe_route_tables",
    "ec2.describe_vpc_endpoints",
    "ec2.describe_key_pairs",
    "ec2.describe_instance_types",
    "ssm.get_parameters",
)
declare("IAM roles for forms", PolicyLevel.READ, "iam.list_roles", "iam.list_instance_profiles")
declare(
    "Progress of instance launches and terminations",
    PolicyLevel.OPERATE,
    "ec2.describe_instances",
    "autoscaling.describe_scaling_activities",
    "iam.get_instance_profile",
)
declare("Tags, when they are changed", PolicyLevel.OPERATE, "ecs.list_tags_for_resource")
declare("Look-up of created IAM roles", PolicyLevel.OPERATE, "iam.get_role")
