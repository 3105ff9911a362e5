"""Fields of a task definition outside its containers and volumes."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import Boolean, Choice, Choices, Integer

LAUNCH_TYPES: Final = (
    ("FARGATE", "Fargate"), ("EC2", "EC2"), ("MANAGED_INSTANCES", "Managed Instances"), ("EXTERNAL", "External"),
)  # fmt: skip
NETWORK_MODES: Final = (
    ("awsvpc", "awsvpc: one network interface per task"),
    ("bridge", "bridge: ports mapped to the container instance"),
    ("host", "host: network of the container instance"),
    ("none", "none: no network"),
)
WINDOWS: Final = ("2025", "2022", "2019")
SYSTEMS: Final = (
    ("LINUX", "Linux"),
    *((f"WINDOWS_SERVER_{year}_{size.upper()}", f"Windows Server {year} {size}")
      for year in WINDOWS for size in ("Full", "Core")),
)  # fmt: skip

TASK: Final = Section(
    "Task",
    folded=False,
    parts=(
        Field(
            "family",
            "Family",
            required=True,
            mono=True,
            help="Name of the task definition. Registering the same family again creates its next revision.",
        ),
        Field(
            "requiresCompatibilities",
            "Launch types",
            Choices(choices=LAUNCH_TYPES),
            help="ECS checks that the task definition can run on each of them. Fargate: AWS provides the capacity.",
        ),
        Field("networkMode", "Network mode", Choice(choices=NETWORK_MODES, unset="Not set (bridge)")),
        Row((
            Field("cpu", "CPU", suggestions="cpu-sizes", help="CPU units or vCPU, for example 512 or 0.5 vCPU."),
            Field("memory", "Memory", suggestions="memory-sizes", help="MiB or GB, for example 2048 or 2 GB."),
        )),
        Row((
            Field(
                "executionRoleArn",
                "Task execution role",
                Choice(unset="None"),
                options="execution-roles",
                help="ECS uses this role to pull images, write logs and read secrets",
            ),
            Field(
                "taskRoleArn",
                "Task role",
                Choice(unset="None"),
                options="roles",
                help="Permissions of the containers in AWS",
            ),
        )),
    ),
)  # fmt: skip

PROXY: Final = Section(
    "App Mesh proxy",
    (
        Row((
            Field("proxyConfiguration/type", "Type", Choice(choices=(("APPMESH", "App Mesh"),))),
            Field("proxyConfiguration/containerName", "Container", mono=True),
        )),
        Entries(
            "proxyConfiguration/properties",
            "Properties",
            "Add property",
            "property",
            (Row((Field("name", "Name", mono=True), Field("value", "Value", mono=True))),),
        ),
    ),
)  # fmt: skip

OPTIONS: Final = Section(
    "Operating system, storage, placement and other task options",
    (
        Row((
            Field("runtimePlatform/operatingSystemFamily", "Operating system",
                  Choice(choices=SYSTEMS, unset="Not set (Linux)")),
            Field("runtimePlatform/cpuArchitecture", "CPU architecture",
                  Choice(choices=(("X86_64", "X86_64"), ("ARM64", "ARM64")), unset="Not set (X86_64)")),
            Field("ephemeralStorage/sizeInGiB", "Ephemeral storage", Integer(), unit="GiB",
                  help="Fargate: 21 to 200 GiB. Not set: 20 GiB."),
        )),
        Row((
            Field("pidMode", "Process namespace", Choice(choices=(("host", "host"), ("task", "task")))),
            Field("ipcMode", "IPC namespace",
                  Choice(choices=(("host", "host"), ("task", "task"), ("none", "none")))),
            Field("enableFaultInjection", "Fault injection", Boolean(yes="Allowed", no="Not allowed"),
                  help="Lets AWS Fault Injection Service act on the tasks"),
        )),
        Row((
            Field("trustedExecutionConfiguration/isolationMode", "Isolation",
                  Choice(choices=(("SHARED", "Shared"), ("ISOLATED_SANDBOX", "Isolated sandbox"),
                                  ("CONFIDENTIAL_SANDBOX", "Confidential sandbox")))),
            Field("trustedExecutionConfiguration/attestationPolicy", "Attestation policy", mono=True),
        )),
        Entries(
            "placementConstraints",
            "Placement constraints",
            "Add placement constraint",
            "placement constraint",
            (Row((
                Field("type", "Type", Choice(choices=(("memberOf", "memberOf"),))),
                Field("expression", "Expression", mono=True, placeholder="attribute:ecs.instance-type =~ t3.*"),
            )),),
            named_by=("expression",),
            new={"type": "memberOf", "expression": ""},
        ),
        Entries(
            "inferenceAccelerators",
            "Inference accelerators",
            "Add inference accelerator",
            "inference accelerator",
            (Row((Field("deviceName", "Device name", mono=True), Field("deviceType", "Device type", mono=True))),),
            named_by=("deviceName",),
        ),
        PROXY,
    ),
)  # fmt: skip

TAGS: Final = Section(
    "Tags",
    folded=False,
    parts=(
        Entries(
            "tags",
            "Tags",
            "Add tag",
            "tag",
            (Row((Field("key", "Key", required=True), Field("value", "Value"))),),
            named_by=("key",),
            new={"key": "", "value": ""},
            titled=True,
        ),
    ),
)
