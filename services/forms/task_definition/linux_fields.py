"""Fields of a container: security, limits and Linux parameters."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Row, Section
from ecsdash.web.forms.document.kinds import MEMORY, Boolean, Choice, Choices, Integer, Lines

ULIMITS: Final = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
    "rttime", "sigpending", "stack",
)  # fmt: skip
PERMISSIONS: Final = (("read", "read"), ("write", "write"), ("mknod", "mknod"))
RESOURCES: Final = (
    ("GPU", "GPU"), ("NeuronDevice", "Neuron device"), ("InferenceAccelerator", "Inference accelerator"),
)  # fmt: skip
LINUX_MEMBER, CAPABILITIES = "linuxParameters/", "linuxParameters/capabilities/"

SECURITY: Final = Section(
    "User and security",
    (
        Row((
            Field("user", "User", mono=True, placeholder="uid:gid"),
            Field("readonlyRootFilesystem", "Root file system", Boolean(yes="Read only", no="Writable")),
            Field("privileged", "Privileged (EC2)", Boolean()),
        )),
        Row((
            Field(f"{CAPABILITIES}add", "Added Linux capabilities", Lines(), mono=True, help="One in each line"),
            Field(f"{CAPABILITIES}drop", "Dropped Linux capabilities", Lines(), mono=True, help="One in each line"),
            Field("dockerSecurityOptions", "Docker security options (EC2)", Lines(), mono=True,
                  help="One in each line"),
        )),
    ),
)  # fmt: skip
LIMITS: Final = Section(
    "GPU, ulimits and kernel parameters",
    (
        Entries(
            "resourceRequirements",
            "Devices",
            "Add device",
            "device",
            (Row((
                Field("type", "Type", Choice(choices=RESOURCES)),
                Field("value", "Number or name", mono=True),
                Field("sharingStrategy/nvidiaMps/memory", "Shared GPU memory", MEMORY),
                Field("sharingStrategy/nvidiaMps/maxComputePercent", "Shared GPU compute", Integer(), unit="%"),
            ), narrow=True),),
            named_by=("type",),
            new={"type": "GPU", "value": "1"},
        ),
        Entries(
            "ulimits",
            "Ulimits",
            "Add ulimit",
            "ulimit",
            (Row((
                Field("name", "Limit", Choice(choices=tuple((name, name) for name in ULIMITS))),
                Field("softLimit", "Soft limit", Integer()),
                Field("hardLimit", "Hard limit", Integer()),
            ), narrow=True),),
            new={"name": "nofile", "softLimit": 65536, "hardLimit": 65536},
        ),
        Entries(
            "systemControls",
            "Kernel parameters",
            "Add kernel parameter",
            "kernel parameter",
            (Row((
                Field("namespace", "Name", mono=True, placeholder="net.core.somaxconn"),
                Field("value", "Value", mono=True),
            )),),
            named_by=("namespace",),
            new={"namespace": "", "value": ""},
        ),
    ),
)  # fmt: skip
LINUX: Final = Section(
    "Linux parameters",
    (
        Row((
            Field(f"{LINUX_MEMBER}initProcessEnabled", "Init process", Boolean(yes="Run one", no="None")),
            Field(f"{LINUX_MEMBER}sharedMemorySize", "Shared memory (EC2)", MEMORY, unit="MiB"),
            Field(f"{LINUX_MEMBER}maxSwap", "Swap (EC2)", MEMORY, unit="MiB"),
            Field(f"{LINUX_MEMBER}swappiness", "Swappiness (EC2)", Integer()),
        ), narrow=True),
        Entries(
            f"{LINUX_MEMBER}tmpfs",
            "Memory file systems (tmpfs)",
            "Add tmpfs",
            "tmpfs",
            (Row((
                Field("containerPath", "Path in the container", mono=True),
                Field("size", "Size", MEMORY, unit="MiB"),
                Field("mountOptions", "Mount options", Lines(), mono=True, help="One in each line"),
            )),),
            named_by=("containerPath",),
        ),
        Entries(
            f"{LINUX_MEMBER}devices",
            "Host devices (EC2)",
            "Add host device",
            "host device",
            (Row((
                Field("hostPath", "Path on the host", mono=True),
                Field("containerPath", "Path in the container", mono=True),
                Field("permissions", "Permissions", Choices(choices=PERMISSIONS)),
            )),),
            named_by=("hostPath",),
        ),
    ),
)  # fmt: skip
