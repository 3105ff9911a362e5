"""Causes for which the container runtime does not start a container, specific ones first."""

from services.verdicts.verdict import Cause

#: The program of the container cannot be executed.
PROGRAM_CAUSES = (
    Cause(
        "executable_missing",
        r'exec: "?([^"\s]{1,200})"?: (?:executable file not found|stat .{0,200}no such file)',
        "The program {0} does not exist in the image.",
        "The command or entry point names a program that is not in the image's $PATH.",
        "Correct the command or entry point in a new revision, or install the program in the image.",
    ),
    Cause(
        "executable_not_allowed",
        r'exec: "?([^"\s]{1,200})"?: permission denied',
        "The file {0} may not be executed.",
        "It has no execute permission in the image.",
        "Set the permission when the image is built (chmod +x), or start it through its interpreter.",
    ),
    Cause(
        "executable_format",
        r"exec format error",
        "The program cannot run on the CPU of the task.",
        "The image was built for another CPU architecture, or a script has no #! line.",
        "Build the image for the architecture of the task, or set the runtime platform of the task definition.",
    ),
)
#: The container runtime refused, or did not answer.
RUNTIME_CAUSES = (
    Cause(
        "host_port_taken",
        r"port is already allocated|address already in use",
        "The host port is already used on the container instance.",
        "Only one container can use a host port of an instance.",
        "Use host port 0 (dynamic) or the network mode awsvpc.",
    ),
    Cause(
        "disk_full",
        r"Cannot(?:Create|Start)Container\w*Error.*no space left|no space left on device",
        "The container could not be created: the disk is full.",
        "The container instance, or the task's ephemeral storage, has no free space.",
        "Remove unused images and containers from the instance, or enlarge the disk (ephemeralStorage on Fargate).",
    ),
    Cause(
        "mount_not_possible",
        r"(?:error mounting|mount) .{0,200}(?:not a directory|no such file|bind source path does not exist)",
        "A path could not be mounted into the container.",
        "The path does not exist on the container instance, or a file is mounted over a directory.",
        "Correct the volume's source path or the container path in a new revision.",
    ),
    Cause(
        "runtime_memory_limit",
        r"minimum memory (?:limit|reservation) allowed",
        "The memory limit of the container is too low.",
        "The container runtime requires at least 6 MiB.",
        "Raise the memory of the container in a new revision.",
    ),
    Cause(
        "runtime_timeout",
        r"(?:DockerTimeout|ContainerRuntimeTimeout)\w*Error",
        "The container runtime did not start the container in time.",
        "The runtime of the host did not respond: often its disk or CPU is overloaded, or the image is very large.",
        "A service starts a replacement automatically. On EC2, check the instance's disk and CPU, or replace it.",
    ),
    Cause(
        "runtime_refused",
        r"Cannot(?:Start|Create)Container\w*Error|ContainerRuntime\w*Error|CannotCreateVolumeError|OCI runtime",
        "The container runtime could not start the container.",
        "It refused the container. The message from AWS says why.",
        "Compare the container definition with the message from AWS: command, mounts, devices and limits.",
    ),
    Cause(
        "agent_failed",
        r"Cannot(?:Inspect|Stop)Container\w*Error|Agent\w{0,20}Error",
        "The ECS agent lost control of the container.",
        "The container runtime of the instance did not respond to the agent.",
        "Check the instance's disk, memory and Docker service; drain and replace it if it repeats.",
    ),
)
