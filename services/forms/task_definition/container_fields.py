"""Fields of a container: the common ones first, the others in folded sections."""

from typing import Final

from ecsdash.web.forms.document.fields import Entries, Field, Pairs, Row, Section
from ecsdash.web.forms.document.kinds import CPU, MEMORY, Boolean, Choice, Integer, Lines, ShellCommand, Text, Words
from services.forms.task_definition.linux_fields import LIMITS, LINUX, SECURITY
from services.forms.task_definition.log_fields import FIRELENS, LOGS

CONDITIONS: Final = (
    ("START", "has started"), ("HEALTHY", "is healthy"), ("COMPLETE", "has exited"),
    ("SUCCESS", "has exited with code 0"),
)  # fmt: skip
EMPTY_TEXT: Final = Text(emptied="")

PORTS: Final = Entries(
    "portMappings",
    "Ports",
    "Add port",
    "port",
    (Row((
        Field("containerPort", "Container port", Integer()),
        Field("protocol", "Protocol", Choice(choices=(("tcp", "TCP"), ("udp", "UDP")), unset="Not set (TCP)")),
        Field("hostPort", "Host port", Integer()),
        Field("name", "Port name", mono=True),
        Field("appProtocol", "App protocol",
              Choice(choices=(("http", "HTTP"), ("http2", "HTTP/2"), ("grpc", "gRPC")), unset="Not set (TCP)")),
        Field("containerPortRange", "Port range", mono=True, placeholder="9000-9010"),
    ), narrow=True),),
    named_by=("name", "containerPort", "containerPortRange"),
)  # fmt: skip
ENVIRONMENT: Final = Entries(
    "environment",
    "Environment",
    "Add variable",
    "variable",
    (Row((Field("name", "Name", mono=True), Field("value", "Value", EMPTY_TEXT, mono=True))),),
    new={"name": "", "value": ""},
    help="Host names in values must resolve in the VPC. In awsvpc mode the containers of a task share localhost.",
)
SECRETS: Final = Entries(
    "secrets",
    "Secrets",
    "Add secret",
    "secret",
    (Row((
        Field("name", "Variable", mono=True),
        Field("valueFrom", "Secret or parameter", mono=True, suggestions="known-secrets",
              help="ARN of the secret or SSM parameter, or the name of a parameter in this region"),
    )),),
    new={"name": "", "valueFrom": ""},
)  # fmt: skip
ENVIRONMENT_FILES: Final = Entries(
    "environmentFiles",
    "Environment files",
    "Add environment file",
    "environment file",
    (Row((
        Field("value", "Object ARN", mono=True, placeholder="arn:…:s3:::bucket/app.env"),
        Field("type", "Type", Choice(choices=(("s3", "S3"),))),
    )),),
    named_by=("value",),
    new={"value": "", "type": "s3"},
)  # fmt: skip

STARTUP: Final = Section(
    "Command, startup order and restarts",
    (
        Row((
            Field("command", "Command", Words(), mono=True, help="Shell syntax, or a JSON list"),
            Field("entryPoint", "Entry point", Words(), mono=True),
            Field("workingDirectory", "Working directory", mono=True),
        )),
        Entries(
            "dependsOn",
            "Startup dependencies",
            "Add dependency",
            "dependency",
            (Row((
                Field("containerName", "Wait for container", mono=True),
                Field("condition", "Until it", Choice(choices=CONDITIONS)),
            )),),
            named_by=("containerName",),
            new={"containerName": "", "condition": "START"},
        ),
        Row((
            Field("startTimeout", "Start timeout", Integer(), unit="s"),
            Field("stopTimeout", "Stop timeout", Integer(), unit="s", help="Fargate: at most 120 s"),
            Field("restartPolicy/enabled", "Restart policy", Boolean(yes="Restart the container", no="Off")),
        )),
        Row((
            Field("restartPolicy/ignoredExitCodes", "Exit codes without restart", Lines(numbers=True),
                  help="One in each line"),
            Field("restartPolicy/restartAttemptPeriod", "Shortest run before a restart", Integer(), unit="s"),
        )),
    ),
)  # fmt: skip
HEALTH: Final = Section(
    "Health check",
    (
        Field("healthCheck/command", "Command", ShellCommand(), mono=True,
              placeholder="curl -f http://localhost/ || exit 1",
              help='Shell command that exits with 0 while the container is healthy, or ["CMD", "/check"]'),
        Row((
            Field("healthCheck/interval", "Interval", Integer(), unit="s"),
            Field("healthCheck/timeout", "Timeout", Integer(), unit="s"),
            Field("healthCheck/retries", "Retries", Integer()),
            Field("healthCheck/startPeriod", "Start period", Integer(), unit="s"),
        ), narrow=True),
    ),
)  # fmt: skip
MOUNTS: Final = Section(
    "Mount points",
    (
        Entries(
            "mountPoints",
            "Mount points",
            "Add mount point",
            "mount point",
            (Row((
                Field("sourceVolume", "Volume", mono=True, help="Volume name, as under Volumes"),
                Field("containerPath", "Path in the container", mono=True),
                Field("readOnly", "Read only", Boolean()),
            )),),
            named_by=("containerPath",),
        ),
        Entries(
            "volumesFrom",
            "Volumes from other containers",
            "Add volumes from a container",
            "volumes from",
            (Row((Field("sourceContainer", "Container", mono=True), Field("readOnly", "Read only", Boolean()))),),
            named_by=("sourceContainer",),
        ),
    ),
)  # fmt: skip
NETWORK: Final = Section(
    "DNS, host names and links",
    (
        Row((
            Field("hostname", "Host name", mono=True),
            Field("dnsServers", "DNS servers", Lines(), mono=True, help="One in each line"),
            Field("dnsSearchDomains", "DNS search domains", Lines(), mono=True, help="One in each line"),
        )),
        Row((
            Field("links", "Links", Lines(), mono=True, help="Bridge mode only: container:alias, one in each line"),
            Field("disableNetworking", "Networking", Boolean(yes="Off", no="On")),
        )),
        Entries(
            "extraHosts",
            "Extra hosts",
            "Add host",
            "extra host",
            (Row((Field("hostname", "Host name", mono=True), Field("ipAddress", "IP address", mono=True))),),
            named_by=("hostname",),
        ),
    ),
)  # fmt: skip
IMAGE: Final = Section(
    "Registry, labels and image options",
    (
        Row((
            Field("repositoryCredentials/credentialsParameter", "Credentials of a private registry", mono=True,
                  suggestions="known-secrets", help="ARN of the secret"),
            Field("versionConsistency", "Version consistency",
                  Choice(choices=(("enabled", "Enabled: one digest for all tasks"), ("disabled", "Disabled")))),
        )),
        Pairs("dockerLabels", "Docker labels"),
        Row((
            Field("interactive", "Standard input", Boolean(yes="Open", no="Closed")),
            Field("pseudoTerminal", "Terminal", Boolean(yes="Allocate a TTY", no="None")),
            Field("credentialSpecs", "Credential specs", Lines(), mono=True, help="Active Directory, one in each line"),
        )),
    ),
)  # fmt: skip

CONTAINERS: Final = Section(
    "Containers",
    folded=False,
    parts=(
        Entries(
            "containerDefinitions",
            "Containers",
            "Add container",
            "container",
            (
                Row((
                    Field("name", "Name", mono=True, required=True),
                    Field("image", "Image", mono=True, required=True, placeholder="repository:tag",
                          suggestions="known-images"),
                )),
                Row((
                    Field("essential", "Essential",
                          Boolean(unset="Not set (essential)", yes="Yes: the task stops when it stops", no="No")),
                    Field("cpu", "CPU", CPU, help="Units or vCPU"),
                    Field("memory", "Memory hard limit", MEMORY, help="MiB or GB"),
                    Field("memoryReservation", "Memory soft limit", MEMORY, help="MiB or GB"),
                ), narrow=True),
                PORTS,
                ENVIRONMENT,
                SECRETS,
                LOGS,
                STARTUP,
                HEALTH,
                MOUNTS,
                Section("Environment files", (ENVIRONMENT_FILES,)),
                IMAGE,
                NETWORK,
                SECURITY,
                LIMITS,
                LINUX,
                FIRELENS,
            ),
            new={"name": "", "image": "", "essential": True,
                 "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-stream-prefix": "ecs"}}},
            single=False,
            movable=True,
            titled=True,
            presets="containers",
        ),
    ),
)  # fmt: skip
