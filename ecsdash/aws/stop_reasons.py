"""Why a task stopped: what happened, why, and how to fix it, from ECS's stop code, reason and exit codes.

The texts are ECS's (developer guide, "Stopped task error messages"); they are recognised by their stable parts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsdash.aws.explain import Explanation

#: Characters of a message that are looked at, and between two parts of a pattern.
LONGEST, FARTHEST = 4000, 400


@dataclass(frozen=True)
class Known:
    """A reason recognised by `pattern`. `{0}`, `{1}` in the texts are the groups of the pattern."""

    pattern: str
    what: str
    why: str
    how: str

    @property
    def compiled(self) -> re.Pattern[str]:
        return _compiled(self.pattern)

    def explain(self, text: str, raw: str) -> Explanation | None:
        match = self.compiled.search(text[:LONGEST])
        if match is None:
            return None
        groups = [group or "" for group in match.groups()]
        return Explanation(self.what.format(*groups), self.why.format(*groups), self.how.format(*groups), raw)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern with a limited distance for `.*`: with none, a message of repeats takes its length squared."""
    return re.compile(pattern.replace(".*", f".{{0,{FARTHEST}}}"), re.IGNORECASE | re.DOTALL)


#: The first match explains the message: specific patterns come first.
KNOWN = (
    Known(
        r"CannotPullContainerError.*(?:toomanyrequests|rate limit)",
        "The image could not be pulled: the registry's rate limit is reached.",
        "Docker Hub limits the number of pulls without sign-in, and this network has used them up.",
        "Copy the image to Amazon ECR, use an ECR pull-through cache, or give the container repository credentials.",
    ),
    Known(
        r"CannotPullContainerError.*(?:no basic auth|authorization|access denied|denied:|not authorized|403)",
        "The image could not be pulled: the registry refused access.",
        "The task execution role may not read this repository, or the registry requires its own credentials.",
        "Attach AmazonECSTaskExecutionRolePolicy to the execution role, allow this account in the repository's policy, "
        "or set repository credentials.",
    ),
    Known(
        r"CannotPullContainerError.*(?:i/o timeout|dial tcp|context deadline|timeout|no route|request canceled)",
        "The image could not be pulled: the registry could not be reached.",
        "The task's subnet has no route to the registry: no public IP address, no NAT gateway, no VPC endpoint, or a "
        "security group without outgoing HTTPS.",
        "In a public subnet, assign a public IP address. In a private one, add a NAT gateway or VPC endpoints.",
    ),
    Known(
        r"CannotPullContainerError.*?(?:failed to resolve ref|manifest for|pull access denied for|repository) "
        r"(\S+?):? .*?(?:not found|does not exist|manifest unknown)",
        "The image {0} does not exist.",
        "The registry has no such repository or tag. Often the tag is misspelled, or the image was not pushed.",
        "Push the image, or deploy a revision whose image exists.",
    ),
    Known(
        r"CannotPullContainerError.*(?:platform|architecture|no match)",
        "The image does not match the CPU architecture of the task.",
        "It was built for another architecture: arm64 instead of x86_64, or the reverse.",
        "Build it for both architectures, or set the runtime platform of the task definition to that of the image.",
    ),
    Known(
        r"CannotPullContainerError.*no space left",
        "The image could not be pulled: the disk is full.",
        "The container instance, or the task's ephemeral storage, has no space for the image.",
        "Enlarge the disk (ephemeralStorage on Fargate), or remove unused images from the instance.",
    ),
    Known(
        r"CannotPull(?:Container|ECRContainer|ImageManifest)\w*Error",
        "The image could not be pulled.",
        "The registry did not deliver the image: see its message below.",
        "Check the image's name and tag, the execution role and the route from the subnet to the registry.",
    ),
    Known(
        r"ResourceInitializationError.*(?:secret from asm|secretsmanager|secrets manager).*"
        r"(?:AccessDenied|not authorized)",
        "A secret could not be read: access was denied.",
        "The task execution role may not read the secret, or may not decrypt it with its KMS key.",
        "Allow the execution role secretsmanager:GetSecretValue on the secret's ARN, and kms:Decrypt on its key.",
    ),
    Known(
        r"ResourceInitializationError.*(?:fetch secret (\S+).*can't find|secret from asm.*ResourceNotFound)",
        "A secret that a container needs does not exist. {0}",
        "It was deleted, lives in another region, or its ARN is misspelled in the task definition.",
        "Create the secret, or register a revision with the correct name.",
    ),
    Known(
        r"ResourceInitializationError.*(?:secret from ssm|ssm).*invalid parameters: (\S+)",
        "The SSM parameter {0} does not exist.",
        "It was deleted, lives in another region, or its name is misspelled in the task definition.",
        "Create the parameter, or register a revision with the correct name.",
    ),
    Known(
        r"ResourceInitializationError.*(?:i/o timeout|context deadline|connection issue|dial tcp|request canceled)",
        "The task could not reach the AWS services that it requires to start.",
        "Its subnet has no route to Secrets Manager, SSM, ECR or CloudWatch Logs.",
        "In a public subnet, assign a public IP address. In a private one, add a NAT gateway or VPC endpoints. Allow "
        "outgoing HTTPS in the security group.",
    ),
    Known(
        r"ResourceInitializationError.*log group does not exist\.?(?: Log group: (\S+))?",
        "The log group does not exist. {0}",
        "The awslogs driver writes to a log group that was not created.",
        "Create the log group, or set awslogs-create-group to true and allow the execution role to create it.",
    ),
    Known(
        r"ResourceInitializationError.*(?:EFS|mount|nfs)",
        "A volume could not be mounted.",
        "The EFS file system has no mount target in the task's zone, or its security group does not allow NFS.",
        "Add a mount target in each zone used, and allow port 2049 from the task's security group.",
    ),
    Known(
        r"ResourceInitializationError",
        "The resources that the task requires could not be prepared.",
        "Secrets, logs, network and volumes must be ready before the first container starts. One of them was not.",
        "The message from AWS below names it. Check the execution role and the network route to that service.",
    ),
    Known(
        r"OutOfMemory|out of memory|memory usage",
        "A container was killed because it used more memory than its limit.",
        "The hard memory limit of the container, or of the whole task, was reached.",
        "Raise the memory in a new revision, or reduce the memory use of the program.",
    ),
    Known(
        r"failed (?:container|ELB|.*)health check|health checks? failed|unhealthy",
        "The task was replaced because its health checks failed.",
        "The health check of the container or of the load balancer got no healthy response in time.",
        "Read the container's log. Check the health check's path, port and timeout, the security group between load "
        "balancer and task, and whether the grace period covers the start.",
    ),
    Known(
        r"unable to assume the role ['\"]?(\S+?)['\"]?\.?(?:\s|$)|assume.?role",
        "ECS could not assume the role {0}.",
        "The role does not exist, or its trust policy does not name ecs-tasks.amazonaws.com.",
        "Create the role or correct its trust policy, or register a revision with another role.",
    ),
    Known(
        r"unable to place a task|RESOURCE:(\w+)|insufficient (?:cpu|memory)",
        "No container instance had enough capacity for the task. {0}",
        "The CPU, memory, ports or network interfaces that the task requires are in use.",
        "Launch more or larger instances, reduce the task size, or stop unneeded tasks.",
    ),
    Known(
        r"Capacity is unavailable|insufficient capacity",
        "AWS had no capacity for the task.",
        "The chosen Availability Zone lacked capacity for this size, most often on Spot.",
        "Run the task again, add subnets, or use FARGATE in addition to FARGATE_SPOT.",
    ),
    Known(
        r"Scaling activity initiated by",
        "The service scaled in or was deployed, and stopped this task.",
        "The service's scheduler stops tasks beyond the desired count and those of older deployments.",
        "No action needed.",
    ),
    Known(
        r"host EC2 .* (?:terminated|stopped)|Container instance .* deregister|instance .* terminated",
        "The container instance of the task is gone.",
        "The EC2 instance was stopped, terminated or deregistered.",
        "A service starts a replacement automatically. Drain instances before you terminate them.",
    ),
)

#: Exit code -> what it means and where to look (POSIX shells; 128 + n is signal n).
EXIT_CODES: dict[int, tuple[str, str]] = {
    0: (
        "The program finished and exited.",
        "A service is for programs that keep running. Use Run task for a program that ends.",
    ),
    1: ("The program exited with an error.", "Read the last log lines."),
    2: ("The shell or the program did not understand its command.", "Check the command and entry point."),
    125: ("The container runtime could not start the container.", "Check the options of the container definition."),
    126: (
        "The command exists but is not executable.",
        "Make the file executable in the image, or correct the entry point. A script must begin with #!.",
    ),
    127: (
        "The command does not exist in the image.",
        "Check the spelling and the path of the command and entry point.",
    ),
    134: ("The program aborted (SIGABRT).", "Often a failed assertion: read the last log lines."),
    137: (
        "The program was killed (SIGKILL): it ran out of memory, or did not exit within the stop timeout.",
        "If the reason names memory, raise the memory limit. Otherwise handle SIGTERM, or raise stopTimeout.",
    ),
    139: (
        "The program crashed with a segmentation fault (SIGSEGV).",
        "Often the image is for another CPU architecture, or native code has a defect.",
    ),
    143: (
        "The program exited after SIGTERM.",
        "No action needed if the stop was intended. Exit with code 0 to mark it as a success.",
    ),
    255: ("The program exited with code 255, or the container instance was lost.", "Read the last log lines."),
}
STOP_CODES: dict[str, tuple[str, str, str]] = {
    "TaskFailedToStart": (
        "The task failed to start.",
        "A resource that it requires before the first container starts was missing.",
        "See the reason of each container below.",
    ),
    "UserInitiated": ("A user stopped the task.", "StopTask was called, here or in another tool.", "No action needed."),
    "ServiceSchedulerInitiated": (
        "The service's scheduler stopped the task.",
        "The service scaled in, was deployed, or found the task unhealthy.",
        "No action needed unless it repeats. Then read the service's events.",
    ),
    "SpotInterruption": (
        "AWS reclaimed the Spot capacity.",
        "AWS can reclaim Spot capacity with two minutes' notice.",
        "Exit within two minutes of SIGTERM, and keep a base on FARGATE or On-Demand instances.",
    ),
    "TerminationNotice": (
        "The capacity of the task is being terminated.",
        "AWS announced the termination of the instance.",
        "A service starts a replacement automatically.",
    ),
    "InfrastructureHealth": (
        "The infrastructure of the task failed.",
        "The host, its network or its storage failed.",
        "A service starts a replacement automatically. Run a standalone task again.",
    ),
}


def explain_stop(
    stop_code: str, stopped_reason: str, containers: Iterable[Mapping[str, Any]] = ()
) -> Explanation | None:
    """Return why a task stopped, None if it did not. `containers` as in DescribeTasks: name, exitCode, reason."""
    if not stop_code and not stopped_reason:
        return None
    described = list(containers)
    reasons = [stopped_reason, *(str(each["reason"]) for each in described if each.get("reason"))]
    raw = f"{stop_code}: {' · '.join(reason for reason in reasons if reason)}"
    for known in KNOWN:
        for reason in reversed(reasons):
            if explanation := known.explain(reason, raw):
                return explanation
    if stop_code == "EssentialContainerExited" or "Essential container" in stopped_reason:
        return _exited(described, raw)
    what, why, how = STOP_CODES.get(
        stop_code, ("The task stopped.", "See the reason that ECS gives below.", "Read the last log lines.")
    )
    return Explanation(what, why, how, raw)


def explain_exit(code: int) -> tuple[str, str]:
    """Return what an exit code means, and what to do."""
    if code in EXIT_CODES:
        return EXIT_CODES[code]
    if 128 < code < 160:
        return f"The program was ended by signal {code - 128}.", "Read the last log lines."
    return f"The program exited with its own code {code}.", "Read the last log lines."


def _exited(containers: list[Mapping[str, Any]], raw: str) -> Explanation:
    """Explain by the first container that failed, else by the first that exited."""
    ended = [each for each in containers if each.get("exitCode") is not None]
    first = next((each for each in ended if each["exitCode"] not in (0, 143)), ended[0] if ended else None)
    if first is None:
        return Explanation(
            "An essential container exited.",
            "When an essential container exits, ECS stops the whole task.",
            "Read each container's reason and log.",
            raw,
        )
    why, how = explain_exit(int(first["exitCode"]))
    what = f"The essential container {first.get('name')} exited with code {first['exitCode']}, so the task stopped."
    return Explanation(what, why, how, raw)
