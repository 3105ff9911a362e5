"""Causes for which ECS cannot start the tasks of a service: the sentences of its service events.

The sentences are ECS's (developer guide, "Service event messages"); they are recognised by their stable parts.
"""

import re

from services.verdicts.verdict import Cause

#: Event messages that report that a task could not be placed or launched, or that a deployment cannot take a step.
BLOCKING = re.compile(
    r"unable to place a task|failed to launch a task|unable to stop or start tasks during a deployment|"
    r"unable to (?:assume|launch|start|create|provision)|failed to register targets",
    re.IGNORECASE,
)
#: Event messages that report that a deployment can neither stop nor start a task.
BOUNDS = re.compile(r"unable to stop or start tasks during a deployment", re.IGNORECASE)
#: Event messages that report progress of the service.
PROGRESS = re.compile(
    r"has started \d+ tasks|has stopped \d+ running tasks|registered \d+ targets|has begun draining|"
    r"has reached a steady state|deployment completed",
    re.IGNORECASE,
)

ADD_CAPACITY = "Launch more or larger container instances, stop unneeded tasks, or reduce the"
#: The first match explains the message: specific patterns come first.
PLACEMENT_CAUSES = (
    Cause(
        "provider_without_instance",
        r"No Container Instances were found in your capacity provider",
        "The capacity provider has no container instance.",
        "Its Auto Scaling group has not launched an instance that registered in the cluster.",
        "Check the group's maximum size and its activity history, and that its instances register in this cluster.",
    ),
    Cause(
        "cluster_without_instance",
        r"No Container Instances were found",
        "The cluster has no container instance.",
        "The service uses the launch type EC2, and no instance is registered in the cluster.",
        "Launch container instances, or deploy the service on Fargate.",
    ),
    Cause(
        "no_cpu",
        r"insufficient CPU|RESOURCE:CPU",
        "No container instance has enough free CPU.",
        "Every instance has less CPU available than the task requires.",
        f"{ADD_CAPACITY} CPU in the task definition.",
    ),
    Cause(
        "no_memory",
        r"insufficient memory|RESOURCE:MEMORY",
        "No container instance has enough free memory.",
        "Every instance has less memory available than the task requires.",
        f"{ADD_CAPACITY} memory in the task definition.",
    ),
    Cause(
        "no_host_port",
        r"already using a port|RESOURCE:PORTS",
        "No container instance has the host port free.",
        "The task uses a fixed host port, and only one task can use a port on each instance. During a deployment "
        "the old tasks still use it.",
        "Use host port 0 (dynamic) or the network mode awsvpc, launch more instances, or set the minimum running "
        "tasks % below 100 so that old tasks stop first.",
    ),
    Cause(
        "no_interface",
        r"insufficient ENIs|RESOURCE:ENI",
        "No container instance has a free network interface.",
        "Each task of the network mode awsvpc takes one network interface, and an instance type has few.",
        "Turn on ENI trunking (awsvpcTrunking) for the account, or launch more or larger container instances.",
    ),
    Cause(
        "agent_disconnected",
        r"agent disconnected|RESOURCE:AGENT|\bAGENT\b",
        "The ECS agent of the container instances is disconnected.",
        "ECS places no task on an instance whose agent does not report.",
        "Check that the instance runs, reaches ECS over the network and has its instance role; replace it if not.",
    ),
    Cause(
        "no_attribute",
        r"missing an attribute|\bATTRIBUTE\b",
        "No container instance has an attribute that the task requires.",
        "The task definition needs a capability, or a placement constraint names an attribute, that no instance has: "
        "for example a log driver, a GPU or a network mode.",
        "Update the ECS agent, use another instance type, or change the task definition.",
    ),
    Cause(
        "placement_constraint",
        r"placement constraint",
        "No container instance satisfies the placement constraints.",
        "The constraints of the service or its task definition exclude every instance that has enough capacity.",
        "Relax the placement constraints, or launch instances that satisfy them.",
    ),
    Cause(
        "placement_subnet_full",
        r"InsufficientFreeAddresses|(?:not|enough|insufficient|no).{0,20} addresses|subnet.{0,80}addresses",
        "A subnet has no free IP address.",
        "Each task of the network mode awsvpc takes one address of its subnet.",
        "Add larger subnets to the service's network configuration, or stop unneeded tasks.",
    ),
    Cause(
        "quota",
        r"limit on the number of (vCPUs|tasks)|reached the limit|quota",
        "A service quota of the AWS account is reached.",
        "AWS limits how many vCPUs and tasks an account may run on Fargate in a region.",
        "Stop unneeded tasks, or request a higher quota in Service Quotas.",
    ),
    Cause(
        "no_fargate_capacity",
        r"Capacity is unavailable|insufficient capacity|unavailable capacity",
        "AWS currently has no Fargate capacity for the task.",
        "The chosen Availability Zones lack capacity for this size, most often on Fargate Spot.",
        "ECS keeps retrying; the task itself is fine. Add subnets in other Availability Zones, or use FARGATE in "
        "addition to FARGATE_SPOT.",
    ),
    Cause(
        "placement_role",
        r"assume the role",
        "ECS cannot assume a role of the task.",
        "The role does not exist, or its trust policy does not name ecs-tasks.amazonaws.com.",
        "Create the role or correct its trust policy, or deploy a revision with another role.",
    ),
    Cause(
        "provider_empty",
        r"capacity provider",
        "The capacity provider cannot supply capacity.",
        "Its Auto Scaling group is at its maximum size, was deleted, or cannot launch instances.",
        "Check the group's maximum size and its activity history.",
    ),
    Cause(
        "placement_image",
        r"(?:CannotPull|pull)\w*",
        "The image cannot be pulled.",
        "It does not exist, or the execution role or the network does not allow the pull.",
        "Check the image's name and tag, the execution role and the route from the subnet to the registry.",
    ),
    Cause(
        "target_registration",
        r"failed to register targets",
        "The load balancer refused the targets of the service.",
        "A target group of the service was deleted, or has another target type or protocol than the tasks need.",
        "Compare the target group's type and port with the container, or choose another target group.",
    ),
    Cause(
        "deployment_bounds",
        BOUNDS.pattern,
        "The deployment can neither stop an old task nor start a new one.",
        "The minimum and maximum running tasks % allow neither.",
        "Lower the minimum running tasks % or raise the maximum under Edit service.",
    ),
    Cause(
        "placement_other",
        BLOCKING.pattern,
        "ECS cannot start the tasks of the service.",
        "No capacity meets all requirements of the task.",
        "Compare the task definition with the cluster's capacity; AWS's message has the details.",
    ),
)
