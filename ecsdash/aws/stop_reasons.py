"""Why a task stopped: what happened, why, and how to fix it, from ECS's stop code, reason and exit codes.

The texts are ECS's (developer guide, "Stopped task error messages"); they are recognised by their stable parts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ecsdash.aws.explain import Explanation


@dataclass(frozen=True)
class Known:
    """A reason that is recognised by `pattern`. `{0}`, `{1}` in its texts are the pattern's groups."""

    pattern: str
    what: str
    why: str
    how: str

    def explain(self, text: str, raw: str) -> Explanation | None:
        match = re.search(self.pattern, text, re.IGNORECASE | re.DOTALL)
        if match is None:
            return None
        groups = [group or "" for group in match.groups()]
        return Explanation(self.what.format(*groups), self.why.format(*groups), self.how.format(*groups), raw)


#: The first that matches explains, so the more special stand first.
KNOWN = (
    Known(
        r"CannotPullContainerError.*(?:toomanyrequests|rate limit)",
        "The image could not be pulled: the registry limits how often it is asked.",
        "Docker Hub answers a limited number of pulls without sign-in, and this network has used them up.",
        "Copy the image to Amazon ECR, use an ECR pull-through cache, or give the container repository credentials.",
    ),
    Known(
        r"CannotPullContainerError.*(?:no basic auth|authorization|access denied|denied:|not authorized|403)",
        "The image could not be pulled: the registry refused access.",
        "The task execution role may not read this repository, or the registry wants credentials of its own.",
        "Give the execution role AmazonECSTaskExecutionRolePolicy (and the repository's policy this account), or set "
        "repository credentials.",
    ),
    Known(
        r"CannotPullContainerError.*(?:i/o timeout|dial tcp|context deadline|timeout|no route|request canceled)",
        "The image could not be pulled: the registry could not be reached.",
        "The task's subnet has no way to the registry: no public IP address, no NAT gateway, no VPC endpoint, or a "
        "security group without outgoing HTTPS.",
        "In a public subnet assign a public IP address; in a private one add a NAT gateway or endpoints for ECR, S3.",
    ),
    Known(
        r"CannotPullContainerError.*?(?:failed to resolve ref|manifest for|pull access denied for|repository) "
        r"(\S+?):? .*?(?:not found|does not exist|manifest unknown)",
        "The image {0} does not exist.",
        "The registry has no such repository or tag. Often the tag is misspelt, or its build has not been pushed.",
        "Push the image, or deploy a revision whose image exists.",
    ),
    Known(
        r"CannotPullContainerError.*(?:platform|architecture|no match)",
        "The image does not fit the processor architecture of the task.",
        "It was built for another architecture (an arm64 build for x86_64, or the other way round).",
        "Build it for both, or set the runtime platform of the task definition to the one that it was built for.",
    ),
    Known(
        r"CannotPullContainerError.*no space left",
        "The image could not be pulled: the disk is full.",
        "The container instance, or the task's ephemeral storage, has no room for the image.",
        "Enlarge the disk (ephemeralStorage on Fargate), or remove unused images from the instance.",
    ),
    Known(
        r"CannotPull(?:Container|ECRContainer|ImageManifest)\w*Error",
        "The image could not be pulled.",
        "The registry did not hand it over; its own words are below.",
        "Check the image's name and tag, the execution role and the way from the subnet to the registry.",
    ),
    Known(
        r"ResourceInitializationError.*(?:secret from asm|secretsmanager|secrets manager).*"
        r"(?:AccessDenied|not authorized)",
        "A secret could not be read: access was denied.",
        "The task execution role may not read the secret (or may not decrypt it with its KMS key).",
        "Allow secretsmanager:GetSecretValue on the secret's ARN, and kms:Decrypt on its key, to the execution role.",
    ),
    Known(
        r"ResourceInitializationError.*(?:fetch secret (\S+).*can't find|secret from asm.*ResourceNotFound)",
        "A secret that a container needs does not exist. {0}",
        "It was deleted, lives in another region, or its ARN is misspelt in the task definition.",
        "Create the secret, or register a revision that names the right one.",
    ),
    Known(
        r"ResourceInitializationError.*(?:secret from ssm|ssm).*invalid parameters: (\S+)",
        "The SSM parameter {0} does not exist.",
        "It was deleted, lives in another region, or its name is misspelt in the task definition.",
        "Create the parameter, or register a revision that names the right one.",
    ),
    Known(
        r"ResourceInitializationError.*(?:i/o timeout|context deadline|connection issue|dial tcp|request canceled)",
        "The task could not reach the AWS services that it needs to start.",
        "Its subnet has no way to Secrets Manager, SSM, ECR or CloudWatch Logs.",
        "In a public subnet assign a public IP address; in a private one add a NAT gateway or VPC endpoints, and allow "
        "outgoing HTTPS in the security group.",
    ),
    Known(
        r"ResourceInitializationError.*log group does not exist\.?(?: Log group: (\S+))?",
        "The log group does not exist. {0}",
        "The awslogs driver writes to a group that nobody has created.",
        "Create the log group, or set awslogs-create-group to true and allow the execution role to create it.",
    ),
    Known(
        r"ResourceInitializationError.*(?:EFS|mount|nfs)",
        "A volume could not be mounted.",
        "The EFS file system has no mount target in the task's zone, or its security group does not let NFS in.",
        "Add a mount target in each zone used, and allow port 2049 from the task's security group.",
    ),
    Known(
        r"ResourceInitializationError",
        "The task's surroundings could not be prepared.",
        "Secrets, logs, network or volumes must be ready before the first container starts; one of them was not.",
        "AWS's own words below name which; check the execution role and the network path to that service.",
    ),
    Known(
        r"OutOfMemory|out of memory|memory usage",
        "A container was killed because it used more memory than its limit.",
        "The hard memory limit of the container, or of the whole task, was reached.",
        "Raise the memory in a new revision, or find out why the program needs so much.",
    ),
    Known(
        r"failed (?:container|ELB|.*)health check|health checks? failed|unhealthy",
        "The task was replaced because its health checks failed.",
        "The container or the load balancer asked whether it is well and did not hear a good answer in time.",
        "Read the container's log; check the health check's path, port and timeout, the security group between load "
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
        "No container instance had room for the task. {0}",
        "CPU, memory, ports or network interfaces that the task asks for are taken.",
        "Launch more or larger instances, ask for less in the task definition, or stop what is not needed.",
    ),
    Known(
        r"Capacity is unavailable|insufficient capacity",
        "AWS had no capacity for the task at that time.",
        "The chosen zone is short of this size, most often on Spot.",
        "Nothing is wrong with the task: try again, allow more subnets, or use FARGATE beside FARGATE_SPOT.",
    ),
    Known(
        r"Scaling activity initiated by",
        "The service scaled in or was deployed: this task was no longer wanted.",
        "The service's scheduler stops tasks beyond the desired count and those of older deployments.",
        "Nothing to do.",
    ),
    Known(
        r"host EC2 .* (?:terminated|stopped)|Container instance .* deregister|instance .* terminated",
        "The container instance under the task went away.",
        "The EC2 instance was stopped, terminated or deregistered.",
        "A service starts a replacement by itself. Drain instances before they are terminated.",
    ),
)

#: Exit code -> what it means and where to look (POSIX shells; 128 + n is signal n).
EXIT_CODES: dict[int, tuple[str, str]] = {
    0: (
        "It finished its work and exited by itself.",
        "A service wants programs that keep running; run those that end as tasks.",
    ),
    1: ("The program ended with an error of its own.", "Its last log lines name the error."),
    2: ("The shell or the program did not understand its command.", "Check the command and entry point."),
    125: ("The container runtime could not start it.", "Check the options of the container definition."),
    126: (
        "The command was found but may not be executed.",
        "Make the file executable in the image, or correct the entry point; a script needs its first line.",
    ),
    127: (
        "The command does not exist in the image.",
        "Check the spelling and the path of the command and entry point.",
    ),
    134: ("The program aborted itself (SIGABRT).", "An assertion failed; its last log lines say which."),
    137: (
        "It was killed (SIGKILL): out of memory, or it did not end within the stop timeout.",
        "Look whether the reason names memory; if it does not, handle SIGTERM or raise stopTimeout.",
    ),
    139: (
        "It crashed with a memory fault (SIGSEGV).",
        "Often an image for another processor architecture, or a defect in native code.",
    ),
    143: (
        "It ended after SIGTERM, as it was asked to.",
        "Nothing to do when it was stopped on purpose; exit with 0 to say so.",
    ),
    255: ("The program ended with status 255, or the container instance was lost.", "Read its last log lines."),
}
STOP_CODES: dict[str, tuple[str, str, str]] = {
    "TaskFailedToStart": (
        "The task failed to start.",
        "Something that it needs before its first container runs was missing.",
        "Look at the reason of each container below.",
    ),
    "UserInitiated": ("Somebody stopped the task.", "A stop was asked for, here or elsewhere.", "Nothing to do."),
    "ServiceSchedulerInitiated": (
        "The service's scheduler stopped the task.",
        "It was no longer wanted: the service was scaled in, deployed or found it unhealthy.",
        "Nothing to do unless it happens again and again; then look at the service's events.",
    ),
    "SpotInterruption": (
        "AWS took the Spot capacity back.",
        "Spot is cheaper because AWS may reclaim it with two minutes' notice.",
        "Handle SIGTERM within two minutes, and keep a base on FARGATE or on-demand instances.",
    ),
    "TerminationNotice": (
        "The capacity under the task is being terminated.",
        "AWS announced the end of the instance.",
        "A service starts a replacement by itself.",
    ),
    "InfrastructureHealth": (
        "The infrastructure under the task failed.",
        "The host, its network or its storage was not well.",
        "A service starts a replacement by itself. Run the task again if it was none of a service's.",
    ),
}


def explain_stop(
    stop_code: str, stopped_reason: str, containers: Iterable[Mapping[str, Any]] = ()
) -> Explanation | None:
    """`containers` are those of DescribeTasks (name, exitCode, reason). None for a task that has not stopped."""
    if not stop_code and not stopped_reason:
        return None
    described = list(containers)
    reasons = [stopped_reason, *(str(each["reason"]) for each in described if each.get("reason"))]
    raw = f"{stop_code}: {' · '.join(reason for reason in reasons if reason)}"
    for known in KNOWN:
        for reason in reversed(reasons):
            if found := known.explain(reason, raw):
                return found
    if stop_code == "EssentialContainerExited" or "Essential container" in stopped_reason:
        return _exited(described, raw)
    what, why, how = STOP_CODES.get(stop_code, ("The task stopped.", "ECS gives the reason below.", "Read it below."))
    return Explanation(what, why, how, raw)


def explain_exit(code: int) -> tuple[str, str]:
    """What an exit code means, and where to look."""
    if code in EXIT_CODES:
        return EXIT_CODES[code]
    if 128 < code < 160:
        return f"It was ended by signal {code - 128}.", "Its last log lines may say why."
    return f"The program ended with status {code}, which is its own to give.", "Its last log lines say why."


def _exited(containers: list[Mapping[str, Any]], raw: str) -> Explanation:
    """The container to blame is the one that ended badly; else the one that ended at all."""
    ended = [each for each in containers if each.get("exitCode") is not None]
    first = next((each for each in ended if each["exitCode"] not in (0, 143)), ended[0] if ended else None)
    if first is None:
        return Explanation(
            "An essential container exited.",
            "When an essential container ends, ECS stops the whole task.",
            "Look at each container's reason and log.",
            raw,
        )
    why, how = explain_exit(int(first["exitCode"]))
    what = f"The essential container {first.get('name')} exited with code {first['exitCode']}, so the task ended."
    return Explanation(what, why, how, raw)
