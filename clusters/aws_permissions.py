"""The calls of the clusters app, but for those that its actions declare themselves."""

from ecsdash.inventory.accounts.permissions import PolicyLevel, declare

declare("Clusters", PolicyLevel.READ, "ecs.list_clusters", "ecs.describe_clusters")
declare("Container instances", PolicyLevel.READ, "ecs.list_container_instances", "ecs.describe_container_instances")
declare("Capacity", PolicyLevel.READ, "ecs.describe_capacity_providers", "autoscaling.describe_auto_scaling_groups")
declare(
    "Networks, keys and images that forms offer",
    PolicyLevel.READ,
    "ec2.describe_vpcs",
    "ec2.describe_subnets",
    "ec2.describe_security_groups",
    "ec2.describe_key_pairs",
    "ec2.describe_instance_types",
    "ssm.get_parameters",
)
declare("Roles that forms offer", PolicyLevel.READ, "iam.list_roles", "iam.list_instance_profiles")
declare(
    "Watching instances while they launch and end",
    PolicyLevel.OPERATE,
    "ec2.describe_instances",
    "autoscaling.describe_scaling_activities",
    "iam.get_instance_profile",
)
declare("Finding a role again that was created", PolicyLevel.OPERATE, "iam.get_role")
