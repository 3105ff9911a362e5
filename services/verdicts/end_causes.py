"""Causes of the end of a running task: the scheduler, a person, the infrastructure, or the program itself."""

from services.verdicts.verdict import Cause

#: Sentences of the service scheduler (stop code ServiceSchedulerInitiated).
SCHEDULER_CAUSES = (
    Cause(
        "load_balancer_health",
        r"failed ELB health checks(?: in \(target-group (\S{1,300}?)\))?",
        "The task was replaced because its health checks failed.",
        "The load balancer got no healthy response from the task in time.",
        "Check the health check's path, port and timeout, the security group between load balancer and task, and "
        "whether the grace period covers the start. Read the container's log.",
    ),
    Cause(
        "container_health",
        r"failed container health checks",
        "The task was replaced because its container health checks failed.",
        "The health check command of an essential container failed, or took too long.",
        "Run the command in the container, read its log, and check the timeout, retries and start period.",
    ),
    Cause(
        "scaled_in",
        r"Scaling activity initiated by",
        "The service scaled in or was deployed, and stopped this task.",
        "The service's scheduler stops tasks beyond the desired count and those of older deployments.",
        "No action needed.",
    ),
)
#: Sentences about the host of a task, whatever the stop code.
HOST_CAUSES = (
    Cause(
        "instance_gone",
        r"host EC2 .*(?:terminated|stopped)|Container instance .*deregister|instance .*(?:was )?terminated",
        "The container instance of the task is gone.",
        "The EC2 instance was stopped, terminated or deregistered.",
        "A service starts a replacement automatically. Drain instances before you terminate them.",
    ),
    Cause(
        "maintenance",
        r"performing maintenance|retire|patch",
        "AWS replaced the host of the task.",
        "AWS retires Fargate tasks to update the platform.",
        "A service starts a replacement automatically. Run a standalone task again.",
    ),
)
#: Stop code -> cause, where the stop code alone decides.
STOP_CODE_CAUSES = {
    "UserInitiated": Cause(
        "stopped_by_user",
        "",
        "A user stopped the task.",
        "StopTask was called, here or in another tool.",
        "No action needed.",
    ),
    "SpotInterruption": Cause(
        "spot_interruption",
        "",
        "AWS reclaimed the Spot capacity.",
        "AWS can reclaim Spot capacity with two minutes' notice.",
        "Exit within two minutes of SIGTERM, and keep a base on FARGATE or On-Demand instances.",
    ),
    "TerminationNotice": Cause(
        "termination_notice",
        "",
        "The capacity of the task is being terminated.",
        "AWS announced the termination of the instance.",
        "A service starts a replacement automatically.",
    ),
    "InfrastructureHealth": Cause(
        "infrastructure",
        "",
        "The infrastructure of the task failed.",
        "The host, its network or its storage failed.",
        "A service starts a replacement automatically. Run a standalone task again.",
    ),
}
OUT_OF_MEMORY = Cause(
    "out_of_memory",
    r"OutOfMemory|out of memory|killed due to memory usage",
    "A container was killed because it used more memory than its limit.",
    "The hard memory limit of the container, or of the whole task, was reached.",
    "Raise the memory in a new revision, or reduce the memory use of the program.",
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
#: What the last log lines of a program that failed say.
LOG_LINE_CAUSES = (
    Cause(
        "logged_exec_format",
        r"exec format error",
        "The program cannot run on the CPU of the task.",
        "Its log says: exec format error. The image was built for another CPU architecture.",
        "Build the image for the architecture of the task, or set the runtime platform of the task definition.",
    ),
    Cause(
        "logged_port_in_use",
        r"EADDRINUSE|address already in use",
        "The program could not open its port: it is in use.",
        "Another process or container of the task listens on the same port.",
        "Give each container of the task its own port.",
    ),
    Cause(
        "logged_low_port",
        r"(?:bind|listen).{0,80}(?:permission denied|EACCES)",
        "The program may not open its port.",
        "A program that does not run as root cannot open ports below 1024 in some network modes.",
        "Use a port above 1024.",
    ),
    Cause(
        "logged_heap",
        r"JavaScript heap out of memory|java\.lang\.OutOfMemoryError|MemoryError|Cannot allocate memory",
        "The program ran out of memory.",
        "Its log says that it could not allocate memory: its heap is limited below the memory of the container.",
        "Raise the heap limit or the memory in a new revision, or reduce the memory use of the program.",
    ),
    Cause(
        "logged_module_missing",
        r"(?:ModuleNotFoundError: No module named|Cannot find module) ['\"]?([\w./@-]{1,120})|ClassNotFoundException",
        "The program lacks a module. {0}",
        "Its log says that a module or class is missing in the image.",
        "Build the image with all dependencies.",
    ),
    Cause(
        "logged_name_unknown",
        r"\bENOTFOUND|Name or service not known|could not translate host name|no such host|UnknownHostException",
        "The program could not resolve the name of another server.",
        "The name is misspelled, or is not known in the VPC or the namespace of the service.",
        "Check the name in the environment, Service Connect or Cloud Map, and the DNS settings of the VPC.",
    ),
    Cause(
        "logged_sign_in",
        r"password authentication failed|Access denied for user|authentication failed",
        "The program could not sign in to its database.",
        "Its log says that the user or the password was refused.",
        "Check the secret that holds the password, and whether it was rotated since the task started.",
    ),
    Cause(
        "logged_connection",
        r"ECONNREFUSED|connection refused|ETIMEDOUT|connection timed out|could not connect to server",
        "The program could not connect to another server.",
        "Its log says that the connection was refused or timed out.",
        "Check the address and port, that the other server runs, and the security groups between them.",
    ),
    Cause(
        "logged_aws_denied",
        r"AccessDenied(?:Exception)?|is not authorized to perform: ?([\w:]{1,80})?",
        "AWS refused a call of the program. {0}",
        "The task role does not allow it.",
        "Add the action to the policy of the task role (not of the execution role).",
    ),
    Cause(
        "logged_disk_full",
        r"No space left on device|ENOSPC",
        "The program had no disk space left.",
        "The ephemeral storage of the task, or a volume, is full.",
        "Enlarge ephemeralStorage or the volume in a new revision.",
    ),
    Cause(
        "logged_permission",
        r"permission denied|EACCES|PermissionError|Read-only file system|EROFS",
        "The program may not read or write a file.",
        "It runs as another user than the owner of the file, or the file system is read-only.",
        "Correct the owner of the files in the image or volume, the user, or readonlyRootFilesystem.",
    ),
    Cause(
        "logged_file_missing",
        r"No such file or directory|FileNotFoundError|ENOENT",
        "The program did not find a file.",
        "A file that it needs is not in the image, or a volume is not mounted where it is expected.",
        "Check the path in its configuration, the image and the mount points.",
    ),
)
