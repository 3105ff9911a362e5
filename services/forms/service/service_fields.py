"""Fields of what a service runs, on which capacity, and in which network."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import Boolean, Choice, Choices, Integer

LAUNCH_TYPES: Final = (
    ("FARGATE", "Fargate: AWS provides the capacity"),
    ("EC2", "EC2: on the cluster's container instances"),
    ("EXTERNAL", "External: on your own servers (ECS Anywhere)"),
)
NETWORK: Final = "networkConfiguration/awsvpcConfiguration"
STRATEGY: Final = Entries(
    "capacityProviderStrategy",
    "Capacity provider strategy",
    "Add capacity provider",
    "capacity provider",
    (
        Row((
            Field("capacityProvider", "Capacity provider", suggestions="capacity-providers", required=True, mono=True),
            Field("base", "Base", Integer(), help="Minimum tasks on this provider"),
            Field("weight", "Weight", Integer(), help="Relative share of the remaining tasks"),
        )),
    ),
    named_by=("capacityProvider",),
    new={"capacityProvider": "", "weight": 1},
    help="With a strategy, leave the launch type empty. With neither, ECS takes the cluster's default strategy.",
)  # fmt: skip

SERVICE: Final = Section(
    "Service",
    folded=False,
    parts=(
        Row((
            Field("serviceName", "Name", required=True, help="Letters, digits, hyphens and underscores."),
            Field(
                "taskDefinition",
                "Task definition",
                Choice(unset="Choose"),
                options="definitions",
                required=True,
                help="A family alone means its latest active revision at the time of the change.",
            ),
        )),
        Row((
            Field(
                "schedulingStrategy",
                "Scheduling",
                Choice(
                    choices=(
                        ("REPLICA", "Replica: the desired tasks"),
                        ("DAEMON", "Daemon: one task on each container instance"),
                    ),
                    unset="Not set (Replica)",
                ),
            ),
            Field("desiredCount", "Desired tasks", Integer(), when=("schedulingStrategy", ("", "REPLICA"))),
        )),
    ),
)  # fmt: skip

COMPUTE: Final = Section(
    "Compute",
    folded=False,
    parts=(
        Row((
            Field(
                "launchType",
                "Launch type",
                Choice(choices=LAUNCH_TYPES, unset="Not set (capacity providers)"),
            ),
            Field(
                "platformVersion",
                "Platform version",
                suggestions="platform-versions",
                help="Of Fargate only. Not set: LATEST.",
            ),
        )),
        STRATEGY,
    ),
)  # fmt: skip

NETWORKING: Final = Section(
    "Networking",
    folded=False,
    help="For task definitions in the network mode awsvpc.",
    parts=(
        Field(f"{NETWORK}/subnets", "Subnets", Choices(), options="subnets", required=True),
        Field(
            f"{NETWORK}/securityGroups",
            "Security groups",
            Choices(),
            options="security-groups",
            help="Of the tasks. Not set: the VPC's default security group.",
        ),
        Field(
            f"{NETWORK}/assignPublicIp",
            "Public IP address",
            Choice(choices=(("ENABLED", "Assign"), ("DISABLED", "Do not assign")), unset="Not set (none)"),
            help="Fargate in a public subnet needs one to pull images. Not for container instances.",
        ),
    ),
)

TAGS: Final = Section(
    "Tags and ECS Exec",
    folded=False,
    parts=(
        Row((
            Field("enableExecuteCommand", "ECS Exec", Boolean(yes="On", no="Off", unset="Not set (off)"),
                  help="Lets permitted people run commands in the containers. The task role needs permissions for it."),
            Field("propagateTags", "Propagate tags to tasks",
                  Choice(choices=(("SERVICE", "From the service"), ("TASK_DEFINITION", "From the task definition"),
                                  ("NONE", "None")), unset="Not set (none)")),
            Field("enableECSManagedTags", "ECS managed tags", Boolean(yes="On", no="Off", unset="Not set (off)"),
                  help="Tags each task with its cluster and service"),
        )),
        Entries(
            "tags", "Tags", "Add tag", "tag",
            (Row((Field("key", "Key", required=True), Field("value", "Value"))),),
            named_by=("key",), new={"key": "", "value": ""},
        ),
    ),
)  # fmt: skip
