"""The calls of the clusters app, but for those that its actions declare themselves."""

from ecsdash.inventory.accounts.permissions import Tier, need

need("Clusters", Tier.READ, "ecs.list_clusters", "ecs.describe_clusters")
need("Container instances", Tier.READ, "ecs.list_container_instances", "ecs.describe_container_instances")
need("Capacity", Tier.READ, "ecs.describe_capacity_providers", "autoscaling.describe_auto_scaling_groups")
need(
    "Networks, keys and images that forms offer",
    Tier.READ,
    "ec2.describe_vpcs",
    "ec2.describe_subnets",
    "ec2.describe_security_groups",
    "ec2.describe_key_pairs",
    "ec2.describe_instance_types",
    "ssm.get_parameters",
)
need("Roles that forms offer", Tier.READ, "iam.list_roles", "iam.list_instance_profiles")
need(
    "Watching instances while they launch and end",
    Tier.OPERATE,
    "ec2.describe_instances",
    "autoscaling.describe_scaling_activities",
    "iam.get_instance_profile",
)
need("Finding a role again that was created", Tier.OPERATE, "iam.get_role")
