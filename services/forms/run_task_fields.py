"""Fields of tasks to run: the parameters of RunTask. Compute, network, placement and volumes are as in a service."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import CPU, MEMORY, Boolean, Choice, Integer, Words
from ecsdash.web.forms.document.state import DocumentForm
from services.forms.service.deployment_fields import EBS, PLACED, VOLUME_PARTS
from services.forms.service.service_fields import COMPUTE, NETWORKING

TASK: Final = Section(
    "Task definition and cluster",
    folded=False,
    parts=(
        Row((
            Field("taskDefinition", "Task definition", Choice(unset="Choose"), options="definitions", required=True),
            Field("cluster", "Cluster", Choice(unset="Choose"), options="clusters", required=True),
            Field("count", "Number of tasks", Integer(), required=True, help="At most 10 in one call"),
        )),
        Row((
            Field("startedBy", "Started by", help="A text to find these tasks by"),
            Field("group", "Task group", mono=True, help="Not set: family:<family of the task definition>"),
            Field("referenceId", "Reference ID", mono=True),
        )),
    ),
)  # fmt: skip

CONTAINERS: Final = Entries(
    "overrides/containerOverrides",
    "Containers",
    "Add container override",
    "container",
    (
        Row((
            Field("name", "Container", suggestions="containers", required=True, mono=True),
            Field("cpu", "CPU", CPU),
            Field("memory", "Memory hard limit", MEMORY),
            Field("memoryReservation", "Memory soft limit", MEMORY),
        )),
        Field("command", "Command", Words(), mono=True, help='Shell syntax: sh -c "echo hello"'),
        Entries(
            "environment", "Environment", "Add variable", "variable",
            (Row((Field("name", "Name", mono=True), Field("value", "Value", mono=True))),),
            new={"name": "", "value": ""},
        ),
        Entries(
            "environmentFiles", "Environment files", "Add environment file", "environment file",
            (Row((Field("value", "S3 object", mono=True, help="ARN of a file that ends with .env"),
                  Field("type", "Type", Choice(choices=(("s3", "s3"),))))),),
            named_by=("value",), new={"value": "", "type": "s3"},
        ),
        Entries(
            "resourceRequirements", "GPUs and accelerators", "Add resource", "resource",
            (Row((
                Field("type", "Type", Choice(choices=tuple((name, name) for name in (
                    "GPU", "InferenceAccelerator", "NeuronDevice")))),
                Field("value", "Number or name"),
                Field("sharingStrategy/nvidiaMps/memory", "Shared GPU memory", Integer(), unit="MiB"),
                Field("sharingStrategy/nvidiaMps/maxComputePercent", "Shared GPU compute", Integer(), unit="%"),
            )),),
            named_by=("type",), new={"type": "GPU", "value": "1"},
        ),
    ),
    new={"name": ""},
    single=False,
)  # fmt: skip

OVERRIDES: Final = Section(
    "Overrides",
    help="For these tasks only. Another command or environment needs the capability “command override”.",
    parts=(
        Row((
            Field("overrides/cpu", "CPU of the task", help="CPU units or vCPU, for example 512 or 0.5 vCPU."),
            Field("overrides/memory", "Memory of the task", help="MiB or GB, for example 2048 or 2 GB."),
            Field("overrides/ephemeralStorage/sizeInGiB", "Ephemeral storage", Integer(), unit="GiB"),
        )),
        Row((
            Field("overrides/taskRoleArn", "Task role", suggestions="roles", mono=True),
            Field("overrides/executionRoleArn", "Task execution role", suggestions="roles", mono=True),
        )),
        CONTAINERS,
    ),
)  # fmt: skip

VOLUMES: Final = Section(
    "EBS volumes",
    (
        Entries(
            "volumeConfigurations", "Volumes", "Add volume", "volume",
            (
                *VOLUME_PARTS,
                Field(f"{EBS}/terminationPolicy/deleteOnTermination", "When the task stops",
                      Boolean(yes="Delete the volume", no="Keep the volume", unset="Not set (delete)")),
            ),
            new={"name": "", EBS: {"roleArn": "", "sizeInGiB": 20}}, single=False,
        ),
    ),
)  # fmt: skip

PLACEMENT: Final = Section("Placement", PLACED, help="For container instances.")
TAGS: Final = Section(
    "Tags and ECS Exec",
    folded=False,
    parts=(
        Row((
            Field("enableExecuteCommand", "ECS Exec", Boolean(yes="On", no="Off", unset="Not set (off)")),
            Field("propagateTags", "Propagate tags",
                  Choice(choices=(("TASK_DEFINITION", "From the task definition"), ("NONE", "None")),
                         unset="Not set (none)")),
            Field("enableECSManagedTags", "ECS managed tags", Boolean(yes="On", no="Off", unset="Not set (off)")),
        )),
        Entries(
            "tags", "Tags", "Add tag", "tag",
            (Row((Field("key", "Key", required=True), Field("value", "Value"))),),
            named_by=("key",), new={"key": "", "value": ""},
        ),
    ),
)  # fmt: skip

RUN_TASK: Final = DocumentForm((TASK, COMPUTE, NETWORKING, OVERRIDES, VOLUMES, PLACEMENT, TAGS))
