"""Why ECS cannot start the tasks of a service: the sentences of its service events in plain words, with what to do.

The sentences are ECS's (developer guide, "Service event messages"); they are recognised by their stable parts.
"""

import re

from ecsdash.aws.explain import Explanation
from ecsdash.aws.stop_reasons import Known

#: Event messages that report that a task could not be placed or launched, or that a deployment cannot take a step.
BLOCKING = re.compile(
    r"unable to place a task|failed to launch a task|unable to stop or start tasks during a deployment", re.IGNORECASE
)
#: Event messages that report that the service came further.
PROGRESS = re.compile(
    r"has started \d+ tasks|has stopped \d+ running tasks|registered \d+ targets|has begun draining|"
    r"has reached a steady state|deployment completed",
    re.IGNORECASE,
)

NO_ROOM = "Launch more or larger container instances, stop tasks that are not needed, or ask for less"
#: The first that matches explains, so the more special stand first.
KNOWN = (
    Known(
        r"No Container Instances were found in your capacity provider",
        "The capacity provider has no container instance.",
        "Its Auto Scaling group has not launched an instance that registered in the cluster.",
        "Check the group's maximum size and its activity history, and that its instances register in this cluster.",
    ),
    Known(
        r"No Container Instances were found",
        "The cluster has no container instance.",
        "The service uses the launch type EC2, and no instance is registered in the cluster.",
        "Launch container instances, or deploy the service on Fargate.",
    ),
    Known(
        r"insufficient CPU|RESOURCE:CPU",
        "No container instance has enough free CPU.",
        "Every instance has less CPU left than the task asks for.",
        f"{NO_ROOM} CPU in the task definition.",
    ),
    Known(
        r"insufficient memory|RESOURCE:MEMORY",
        "No container instance has enough free memory.",
        "Every instance has less memory left than the task asks for.",
        f"{NO_ROOM} memory in the task definition.",
    ),
    Known(
        r"already using a port|RESOURCE:PORTS",
        "No container instance has the host port free.",
        "The task asks for a fixed host port, and only one task can use a port on each instance. During a deployment "
        "the old tasks still use it.",
        "Use host port 0 (dynamic) or the network mode awsvpc, launch more instances, or set the minimum running "
        "tasks % below 100 so that old tasks stop first.",
    ),
    Known(
        r"insufficient ENIs|RESOURCE:ENI",
        "No container instance has a free network interface.",
        "Each task of the network mode awsvpc takes one network interface, and an instance type has few.",
        "Turn on ENI trunking (awsvpcTrunking) for the account, or launch more or larger container instances.",
    ),
    Known(
        r"agent disconnected|RESOURCE:AGENT|\bAGENT\b",
        "The ECS agent of the container instances is disconnected.",
        "ECS places no task on an instance whose agent does not report.",
        "Check that the instance runs, reaches ECS over the network and has its instance role; replace it if not.",
    ),
    Known(
        r"missing an attribute|\bATTRIBUTE\b",
        "No container instance has an attribute that the task requires.",
        "The task definition needs a capability, or a placement constraint names an attribute, that no instance has: "
        "a logging driver, GPU or network mode, say.",
        "Update the ECS agent or use an instance type that has it, or change the task definition.",
    ),
    Known(
        r"placement constraint",
        "No container instance satisfies the placement constraints.",
        "The constraints of the service or its task definition exclude every instance that has room.",
        "Relax the placement constraints, or launch instances that satisfy them.",
    ),
    Known(
        r"InsufficientFreeAddresses|(?:not|enough|insufficient|no).{0,20} addresses|subnet.{0,80}addresses",
        "A subnet has no free IP address.",
        "Each task of the network mode awsvpc takes one address of its subnet.",
        "Add larger subnets to the service's network configuration, or stop tasks that are not needed.",
    ),
    Known(
        r"limit on the number of (vCPUs|tasks)|reached the limit|quota",
        "A service quota of the AWS account is used up.",
        "AWS limits how many vCPUs and tasks an account may run on Fargate in a region.",
        "Stop what is not needed, or request a higher quota in Service Quotas.",
    ),
    Known(
        r"Capacity is unavailable|insufficient capacity|unavailable capacity",
        "AWS has no Fargate capacity for the task at present.",
        "The chosen zones are short of this size, most often of Fargate Spot.",
        "Nothing is wrong with the task: ECS keeps retrying. Add subnets in other zones, or use FARGATE beside "
        "FARGATE_SPOT.",
    ),
    Known(
        r"assume the role",
        "ECS cannot assume a role of the task.",
        "The role does not exist, or its trust policy does not name ecs-tasks.amazonaws.com.",
        "Create the role or correct its trust policy, or deploy a revision with another role.",
    ),
    Known(
        r"capacity provider",
        "The capacity provider cannot supply capacity.",
        "Its Auto Scaling group is at its maximum size, was deleted, or cannot launch instances.",
        "Check the group's maximum size and its activity history.",
    ),
    Known(
        r"(?:CannotPull|pull)\w*",
        "The image cannot be pulled.",
        "It does not exist, or the execution role or the network does not allow the pull.",
        "Check the image's name and tag, the execution role and the route from the subnet to the registry.",
    ),
    Known(
        r"unable to stop or start tasks during a deployment",
        "The deployment can neither stop an old task nor start a new one.",
        "The minimum and maximum running tasks % leave no room for either.",
        "Lower the minimum running tasks % or raise the maximum under Edit service.",
    ),
    Known(
        BLOCKING.pattern,
        "ECS cannot start the tasks of the service.",
        "No capacity satisfied all that the task asks for.",
        "Compare the task definition with the cluster's capacity; AWS's message below has the details.",
    ),
)


def explain_blocking(message: str) -> Explanation | None:
    """Return the explanation of a service event that reports that tasks cannot start; None for any other message."""
    if not BLOCKING.search(message):
        return None
    return next(found for known in KNOWN if (found := known.explain(message, message)))
