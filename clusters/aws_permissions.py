"""The AWS calls of the clusters app, without those that its actions declare."""

from ecsdash.inventory.accounts.permissions import Tier, need

need("Clusters", Tier.READ, "ecs.list_clusters", "ecs.describe_clusters")
need("Container instances", Tier.READ, "ecs.list_container_instances", "ecs.describe_container_instances")
need("Capacity", Tier.READ, "ecs.describe_capacity_providers", "autoscaling.describe_auto_scaling_groups")
need(
    "Networks, key pairs and images for forms",
    Tier.READ,
    "ec2.describe_vpcs",
    "ec2.describe_subnets",
    "ec2.describe_security_groups",
    "ec2.describe_key_pairs",
    "ec2.describe_instance_types",
    "ssm.get_parameters",
)
need("IAM roles for forms", Tier.READ, "iam.list_roles", "iam.list_instance_profiles")
need(
    "Progress of instance launches and terminations",
    Tier.OPERATE,
    "ec2.describe_instances",
    "autoscaling.describe_scaling_activities",
    "iam.get_instance_profile",
)
need("Look-up of created IAM roles", Tier.OPERATE, "iam.get_role")
