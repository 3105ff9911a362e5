"""Fields of the volumes of a task definition."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Row, Section
from ecsdash.web.forms.document.kinds import Boolean, Choice, Integer

SWITCH: Final = Choice(choices=(("ENABLED", "Enabled"), ("DISABLED", "Disabled")))
EFS, DOCKER, FSX, S3 = (
    f"{name}VolumeConfiguration/" for name in ("efs", "docker", "fsxWindowsFileServer", "s3files")
)  # fmt: skip

EFS_FILE_SYSTEM: Final = Section(
    "EFS file system",
    (
        Row((
            Field(f"{EFS}fileSystemId", "File system ID", mono=True, placeholder="fs-..."),
            Field(f"{EFS}rootDirectory", "Root directory", mono=True, help="Leave it empty with an access point"),
            Field(f"{EFS}authorizationConfig/accessPointId", "Access point ID", mono=True, placeholder="fsap-..."),
        )),
        Row((
            Field(f"{EFS}transitEncryption", "Encryption in transit", SWITCH),
            Field(f"{EFS}transitEncryptionPort", "Encryption port", Integer()),
            Field(f"{EFS}authorizationConfig/iam", "IAM authorization", SWITCH,
                  help="Requires encryption in transit and a task role"),
        )),
    ),
)  # fmt: skip
DOCKER_VOLUME: Final = Section(
    "Docker volume (EC2)",
    (
        Row((
            Field(f"{DOCKER}scope", "Scope", Choice(choices=(("task", "task"), ("shared", "shared")))),
            Field(f"{DOCKER}autoprovision", "Create it if it does not exist", Boolean()),
            Field(f"{DOCKER}driver", "Driver", mono=True, placeholder="local"),
        )),
        Pairs(f"{DOCKER}driverOpts", "Driver options"),
        Pairs(f"{DOCKER}labels", "Labels"),
    ),
)  # fmt: skip
FSX_FILE_SYSTEM: Final = Section(
    "FSx for Windows File Server (EC2)",
    (
        Row((
            Field(f"{FSX}fileSystemId", "File system ID", mono=True, placeholder="fs-..."),
            Field(f"{FSX}rootDirectory", "Root directory", mono=True),
        )),
        Row((
            Field(f"{FSX}authorizationConfig/credentialsParameter", "Credentials", mono=True,
                  suggestions="known-secrets"),
            Field(f"{FSX}authorizationConfig/domain", "Domain", mono=True),
        )),
    ),
)  # fmt: skip
S3_FILES: Final = Section(
    "S3 Files",
    (
        Row((
            Field(f"{S3}fileSystemArn", "File system ARN", mono=True),
            Field(f"{S3}rootDirectory", "Root directory", mono=True),
        )),
        Row((
            Field(f"{S3}accessPointArn", "Access point ARN", mono=True),
            Field(f"{S3}transitEncryptionPort", "Encryption port", Integer()),
        )),
    ),
)  # fmt: skip

VOLUMES: Final = Section(
    "Volumes",
    folded=False,
    parts=(
        Entries(
            "volumes",
            "Volumes",
            "Add volume",
            "volume",
            (
                Row((
                    Field("name", "Name", mono=True, required=True),
                    Field("configuredAtLaunch", "Configured at launch",
                          Boolean(yes="Yes: an EBS volume, set by the service or the task", no="No")),
                )),
                EFS_FILE_SYSTEM,
                Section("Path on the container instance (EC2)",
                        (Field("host/sourcePath", "Path", mono=True, placeholder="/var/data"),)),
                DOCKER_VOLUME,
                FSX_FILE_SYSTEM,
                S3_FILES,
            ),
            new={"name": ""},
            help="A volume without any of these is empty and deleted with the task.",
            single=False,
            titled=True,
        ),
    ),
)  # fmt: skip
