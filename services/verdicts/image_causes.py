"""Causes of failed image pulls (ECS developer guide, "CannotPullContainer task errors"), specific ones first."""

from services.verdicts.verdict import Cause

PULL = r"CannotPull(?:Container|ECRContainer|ImageManifest)\w*Error"
ROUTE = "In a public subnet, assign a public IP address. In a private one, add a NAT gateway or VPC endpoints."

IMAGE_CAUSES = (
    Cause(
        "image_rate_limit",
        f"{PULL}.*(?:toomanyrequests|rate limit)",
        "The image could not be pulled: the registry's rate limit is reached.",
        "Docker Hub limits the number of pulls without sign-in, and this network has used them up.",
        "Copy the image to Amazon ECR, use an ECR pull-through cache, or give the container repository credentials.",
    ),
    Cause(
        "image_layer_denied",
        f"{PULL}.*(?:starport-layer-bucket|\\.s3[.-]).*403",
        "The layers of the image could not be read: Amazon S3 refused access.",
        "ECR keeps layers in S3. The policy of the S3 gateway endpoint does not allow the bucket of the layers.",
        "Allow s3:GetObject on the layer bucket of the region in the endpoint's policy, or use another route.",
    ),
    Cause(
        "image_missing_or_private",
        f"{PULL}.*pull access denied for (\\S{{1,300}}?),? repository does not exist or may require",
        "The image {0} does not exist, or its repository is private.",
        "Docker gives the same answer for both.",
        "Check the name of the repository. If it is private, set repository credentials for the container.",
    ),
    Cause(
        "image_access_denied",
        f"{PULL}.*(?:no basic auth|authorization|access denied|denied:|not authorized|403)",
        "The image could not be pulled: the registry refused access.",
        "The task execution role may not read this repository, or the registry requires its own credentials.",
        "Attach AmazonECSTaskExecutionRolePolicy to the execution role, allow this account in the repository's policy, "
        "or set repository credentials.",
    ),
    Cause(
        "image_registry_unknown",
        f"{PULL}.*(?:no such host|server misbehaving|Temporary failure in name resolution)",
        "The image could not be pulled: the registry's name could not be resolved.",
        "The name is misspelled, or DNS does not work in the VPC of the task.",
        "Check the image's registry, and that DNS support and DNS host names are on in the VPC.",
    ),
    Cause(
        "image_unreachable",
        f"{PULL}.*(?:i/o timeout|dial tcp|context deadline|handshake timeout|timeout|no route|request canceled)",
        "The image could not be pulled: the registry could not be reached.",
        "The task's subnet has no route to the registry: no public IP address, no NAT gateway, no VPC endpoint, or a "
        "security group without outgoing HTTPS.",
        ROUTE,
    ),
    Cause(
        "image_architecture",
        f"{PULL}.*(?:descriptor matching platform|no matching manifest|no match for platform|does not match the)",
        "The image does not exist for the CPU architecture of the task.",
        "It was built for another architecture: arm64 instead of x86_64, or the reverse.",
        "Build it for both architectures, or set the runtime platform of the task definition to that of the image.",
    ),
    Cause(
        "image_missing",
        f"{PULL}.*?(?:failed to resolve ref|manifest for|pull access denied for|repository) "
        r"(\S{1,300}?):? .*?(?:not found|does not exist|manifest unknown)",
        "The image {0} does not exist.",
        "The registry has no such repository or tag. Often the tag is misspelled, or the image was not pushed.",
        "Push the image, or deploy a revision whose image exists.",
    ),
    Cause(
        "image_name_invalid",
        f"{PULL}.*invalid reference format",
        "The name of the image is not valid.",
        "It has a space, an upper case letter in the repository, or an empty tag: often a variable was not replaced.",
        "Correct the image in a new revision.",
    ),
    Cause(
        "image_disk_full",
        f"{PULL}.*no space left",
        "The image could not be pulled: the disk is full.",
        "The container instance, or the task's ephemeral storage, has no space for the image.",
        "Enlarge the disk (ephemeralStorage on Fargate), or remove unused images from the instance.",
    ),
    Cause(
        "image_other",
        PULL,
        "The image could not be pulled.",
        "The registry did not deliver the image. The message from AWS says more.",
        "Check the image's name and tag, the execution role and the route from the subnet to the registry.",
    ),
)
