"""Task definitions: what ECS takes passes, what it refuses is refused at its place, and advice is advice."""

from copy import deepcopy
from typing import Any

import pytest

from ecsdash.aws.shapes import input_shape
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import model, place_in_words, task_definition, task_definition_findings
from services.documents.findings.parts import Part
from tests.services.definitions import ROLE, SECRET, container, fargate, rich

Document = dict[str, Any]
LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1"}}
HEALTH = {"command": ["CMD-SHELL", "true"]}
DIGEST = "sha256:" + "0" * 64
CREDENTIALS = {"credentialsParameter": SECRET}
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}


def base(_container: Document | None = None, **more: Any) -> Document:
    """The document that the samples change: one container, nothing else."""
    app = {"name": "app", "image": "demo/app:1.0", "memory": 128, **(_container or {})}
    return {"family": "f", "containerDefinitions": [app], **more}


def on_fargate(_container: Document | None = None, **more: Any) -> Document:
    return fargate({"name": "app", "image": "demo/app:1.0", **(_container or {})}, **more)


def two(other: Document, **more: Any) -> Document:
    document = base(more)
    document["containerDefinitions"].append({"name": "db", "image": "demo/db:1.0", "memory": 128, **other})
    return document


def volume(**more: Any) -> Document:
    return {"volumes": [{"name": "data", **more}]}


def efs(**more: Any) -> Document:
    return volume(efsVolumeConfiguration={"fileSystemId": "fs-0123456789abcdef0", **more})


def ports(*mappings: Document) -> Document:
    return {"portMappings": list(mappings)}


def depends(name: str, condition: str = "START") -> Document:
    return {"dependsOn": [{"containerName": name, "condition": condition}]}


def of_level(document: Any, level: FindingLevel) -> list[Finding]:
    return [each for each in task_definition_findings(document) if each.level is level]


def blocks(document: Any) -> list[Finding]:
    return of_level(document, FindingLevel.BLOCK)


TAKEN: dict[str, Document] = {
    "the smallest one": base(),
    "null for a log configuration": base({"logConfiguration": None}),
    "null for a list": base({"ulimits": None}),
    "null inside a mount point": base(
        {"mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": None}]}, **volume()
    ),
    "a health check that is one word": base({"healthCheck": {"command": ["/healthcheck"]}}),
    "a health check without CMD": base({"healthCheck": {"command": ["curl -f http://localhost/"]}}),
    "two port ranges": base(ports({"containerPortRange": "8000-8010"}, {"containerPortRange": "9000-9010"})),
    "a variable twice": base({"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
    "one container port on two host ports": base(
        ports({"containerPort": 80, "hostPort": 8080}, {"containerPort": 80, "hostPort": 8081}), networkMode="bridge"
    ),
    "one port for TCP and UDP": on_fargate(
        ports({"containerPort": 53, "protocol": "tcp"}, {"containerPort": 53, "protocol": "udp"})
    ),
    "a named pipe of Windows": base(
        {"mountPoints": [{"sourceVolume": "data", "containerPath": r"\\.\pipe\x"}]},
        **volume(host={"sourcePath": r"\\.\pipe\x"}),
    ),
    "a long image with a digest": base({"image": "r" * 240 + "/app:1@" + DIGEST}),
    "a limit equal to the reservation": base({"memory": 128, "memoryReservation": 128}),
    "sizes in words": on_fargate(cpu=".25 vCPU", memory="2 GB"),
    "other sizes in words": on_fargate(cpu="0.5 vCPU", memory="1GB"),
    "a size in lower case": on_fargate(cpu="1vcpu", memory="2gb"),
    "the largest Fargate size": on_fargate(cpu="16384", memory="122880"),
    "line ends and blanks": base(
        {"command": ["sh", "-c", "a\r\nb\n"], "environment": [{"name": "A", "value": " a\r\n"}]}
    ),
    "external instances": base(requiresCompatibilities=["EXTERNAL"]),
    "managed instances": base(requiresCompatibilities=["MANAGED_INSTANCES"], networkMode="awsvpc"),
    "roles by their names": base(taskRoleArn="app-task", executionRoleArn="service/ecsTaskExecutionRole"),
    "a role of another partition": base(taskRoleArn="arn:aws-cn:iam::123456789012:role/path/app"),
    "empty roles": base(taskRoleArn="", executionRoleArn=""),
    "a secret by the name of a parameter": base(
        {"secrets": [{"name": "A", "valueFrom": "/shop/db-password"}]}, executionRoleArn=ROLE
    ),
    "a key of a secret": base(
        {"secrets": [{"name": "A", "valueFrom": f"{SECRET}:password:AWSCURRENT:"}]}, executionRoleArn=ROLE
    ),
    "a parameter by its ARN": base(
        {"secrets": [{"name": "A", "valueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/db"}]},
        executionRoleArn=ROLE,
    ),
    "ten containers": base() | {
        "containerDefinitions": [{"name": f"c{n}", "image": "demo/app:1.0", "memory": 64} for n in range(10)]
    },
    "49 tags": base(tags=[{"key": f"k{n}", "value": ""} for n in range(49)]),
    "soft reservations that fit": base({"memory": 400, "memoryReservation": 100}, memory="512"),
    "an access point at the root": base(
        **efs(rootDirectory="/", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"})
    ),
    "a log router": two(
        {"firelensConfiguration": {"type": "fluentbit"}}, logConfiguration={"logDriver": "awsfirelens"}
    ),
    "a link with an alias": two({}, links=["db:database"]),
    "hidden values as fingerprints": base(
        {"command": ["•••0a1b2c3d"], "healthCheck": {"command": ["•••0a1b2c3d"]},
         "environment": [{"name": "A", "value": "•••0a1b2c3d"}]}
    ),
    "nearly everything": rich() | {"volumes": rich()["volumes"][:2]},
    "PTRACE and tmpfs on Fargate": on_fargate(
        {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}, "tmpfs": [{"containerPath": "/t", "size": 64}]}},
        pidMode="task",
    ),
    "a stop timeout of Fargate": on_fargate({"stopTimeout": 120}, ephemeralStorage={"sizeInGiB": 21}),
    "Windows on Fargate": on_fargate(cpu="1024", memory="2048", runtimePlatform=WINDOWS),
    "after an init container": two({"essential": False}, **depends("db", "SUCCESS")),
    "after a healthy container": two({"healthCheck": HEALTH}, **depends("db", "HEALTHY")),
    "another volume from a container": two({}, volumesFrom=[{"sourceContainer": "db"}]),
}  # fmt: skip

APP = "/containerDefinitions/0"
#: What is refused: the document, the place of the finding, and words of it.
REFUSED: dict[str, tuple[Any, str, str]] = {
    # The model.
    "a list": ([], "", "A list where ECS expects another type"),
    "text": ("family: f", "", "Text where"),
    "null": (None, "", "null where"),
    "a placeholder for a number": (base({"memory": "${MEM}"}), f"{APP}/memory", "The placeholder ${MEM} is left"),
    "a number for text": (base(cpu=256), "/cpu", "Write it in quotes"),
    "text for a number": (base({"memory": "128"}), f"{APP}/memory", "a whole number, without quotes"),
    "a fraction for a whole number": (base({"memory": 1.5}), f"{APP}/memory", "a whole number"),
    "true for a number": (base({"memory": True}), f"{APP}/memory", "a whole number"),
    "text for true": (base({"essential": "true"}), f"{APP}/essential", "true or false, without quotes"),
    "text for a list": (base({"command": "run"}), f"{APP}/command", "a list"),
    "null in a list": (base({"command": [None]}), f"{APP}/command/0", "null where"),
    "a list for an object": (base({"healthCheck": []}), f"{APP}/healthCheck", "an object"),
    "an unknown member": (base({"colour": "red"}), f"{APP}/colour", "ECS does not know the member colour"),
    "a misspelt member": (base({"healthcheck": {}}), f"{APP}/healthcheck", "Write healthCheck"),
    "a member in another case": (base(ContainerDefinitions=[]), "/ContainerDefinitions", "Write containerDefinitions"),
    "a network mode of Windows": (base(networkMode="default"), "/networkMode", "“default”"),
    "a condition in lower case": (
        two({}, **depends("db", "healthy")), f"{APP}/dependsOn/0/condition", "Write HEALTHY."
    ),
    "a compatibility in lower case": (
        base(requiresCompatibilities=["fargate"]), "/requiresCompatibilities/0", "Write FARGATE."
    ),
    "no family": ({"containerDefinitions": base()["containerDefinitions"]}, "/family", "family is missing"),
    "no containers": ({"family": "f"}, "/containerDefinitions", "containerDefinitions is missing"),
    "null for what is required": (base() | {"family": None}, "/family", "family is missing"),
    "an empty log configuration": (base({"logConfiguration": {}}), f"{APP}/logConfiguration/logDriver", "is missing"),
    "too long a tag": (base(tags=[{"key": "k" * 129}]), "/tags/0/key", "at most 128"),
    # The task.
    "an empty family": (base() | {"family": ""}, "/family", "family is missing"),
    "a family with blanks": (base() | {"family": "a b"}, "/family", "does not take"),
    "an empty list of containers": (base() | {"containerDefinitions": []}, "/containerDefinitions", "at least one"),
    "eleven containers": (
        base() | {"containerDefinitions": [container(f"c{n}", memory=64) for n in range(11)]},
        "/containerDefinitions", "at most 10",
    ),
    "no essential container": (base({"essential": False}), f"{APP}/essential", "must be essential"),
    "a CPU size in MB": (base(cpu="512MB"), "/cpu", "not a CPU size"),
    "a placeholder for a size": (base(memory="${MEM}"), "/memory", "not a memory size"),
    "a memory size in MB": (base(memory="512MB"), "/memory", "not a memory size"),
    "too little CPU": (base(cpu="64"), "/cpu", "out of range"),
    "a malformed role": (base(taskRoleArn="arn:aws:iam::1234:role/app"), "/taskRoleArn", "not the ARN of an IAM role"),
    "a user for a role": (
        base(executionRoleArn="arn:aws:iam::123456789012:user/app"), "/executionRoleArn", "not the ARN of an IAM role"
    ),
    "a placeholder in a role": (
        base(executionRoleArn="arn:aws:iam::XXXXXXXXXXXX:role/app"), "/executionRoleArn", "not the ARN of an IAM role"
    ),
    "a tag of AWS": (base(tags=[{"key": "aws:team", "value": "a"}]), "/tags/0/key", "aws:"),
    "a tag of AWS in capitals": (base(tags=[{"key": "AWS:team", "value": "a"}]), "/tags/0/key", "aws:"),
    "the 50th tag": (base(tags=[{"key": f"k{n}"} for n in range(50)]), "/tags", "the operation adds one of its own"),
    "a tag twice": (base(tags=[{"key": "a"}, {"key": "a"}]), "/tags/0/key", "set twice"),
    "a tag without key": (base(tags=[{"value": "a"}]), "/tags/0/key", "no key"),
    "a tag with a comma": (base(tags=[{"key": "a", "value": "b,c"}]), "/tags/0/value", "does not take"),
    "an empty constraint": (base(placementConstraints=[{"type": "memberOf"}]), "/placementConstraints/0/expression",
                            "needs an expression"),
    "11 constraints": (base(placementConstraints=[{"type": "memberOf", "expression": "a"}] * 11),
                       "/placementConstraints", "too many"),
    "a proxy that is no container": (
        base(proxyConfiguration={"containerName": "envoy"}), "/proxyConfiguration/containerName", "does not exist"
    ),
    "a sandbox on EC2": (base(trustedExecutionConfiguration={"isolationMode": "SHARED"}),
                         "/trustedExecutionConfiguration", "Managed Instances"),
    "awsvpc on external instances": (
        base(requiresCompatibilities=["EXTERNAL"], networkMode="awsvpc"), "/networkMode", "do not support"
    ),
    "a large container in a small task": (base({"memory": 600}, memory="512"), f"{APP}/memory", "600 MiB in total"),
    "reservations above the task": (
        base({"memory": 700, "memoryReservation": 600}, memory="512"), f"{APP}/memoryReservation", "600 MiB in total"
    ),
    "a limit above the task": (
        base({"memory": 600, "memoryReservation": 100}, memory="512"), f"{APP}/memory", "greater than the 512 MiB"
    ),
    "too much CPU": (base({"cpu": 300}, cpu="256"), f"{APP}/cpu", "300 CPU units in total"),
    # Containers.
    "two of one name": (two({"name": "app"}), f"{APP}/name", "Two containers are called app"),
    "no name": (base({"name": ""}), f"{APP}/name", "no name"),
    "a name with a dot": (base({"name": "a.b"}), f"{APP}/name", "does not take"),
    "no image": (base() | {"containerDefinitions": [{"name": "app", "memory": 64}]}, f"{APP}/image", "no image"),
    "an image with blanks": (base({"image": "demo app"}), f"{APP}/image", "does not take"),
    "a placeholder for an image": (base({"image": "<IMAGE>"}), f"{APP}/image", "does not take"),
    "a long image": (base({"image": "r" * 256}), f"{APP}/image", "at most 255"),
    "a long image before its digest": (base({"image": f"{'r' * 256}@{DIGEST}"}), f"{APP}/image", "at most 255"),
    "a short digest": (base({"image": "demo/app@sha256:0a"}), f"{APP}/image", "not a digest"),
    "no memory anywhere": (base({"memory": None}), f"{APP}/memory", "no memory limit"),
    "a reservation above the limit": (base({"memoryReservation": 129}), f"{APP}/memoryReservation", "less than"),
    "too little memory": (base({"memory": 5}), f"{APP}/memory", "too little"),
    "negative CPU": (base({"cpu": -1}), f"{APP}/cpu", "Enter 0 or more"),
    "a fast health check": (
        base({"healthCheck": {**HEALTH, "interval": 4}}), f"{APP}/healthCheck/interval", "5 to 300"
    ),
    "a slow health check": (base({"healthCheck": {**HEALTH, "timeout": 61}}), f"{APP}/healthCheck/timeout", "2 to 60"),
    "no tries": (base({"healthCheck": {**HEALTH, "retries": 0}}), f"{APP}/healthCheck/retries", "1 to 10"),
    "a long start": (
        base({"healthCheck": {**HEALTH, "startPeriod": 301}}), f"{APP}/healthCheck/startPeriod", "0 to 300"
    ),
    "no health command": (base({"healthCheck": {"command": []}}), f"{APP}/healthCheck/command", "no command"),
    "fast restarts": (
        base({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 59}}),
        f"{APP}/restartPolicy/restartAttemptPeriod", "60 to 1800",
    ),
    "51 exit codes": (
        base({"restartPolicy": {"enabled": True, "ignoredExitCodes": [1] * 51}}),
        f"{APP}/restartPolicy/ignoredExitCodes", "at most 50",
    ),
    "a name in environment and secrets": (
        base({"environment": [{"name": "A", "value": "1"}], "secrets": [{"name": "A", "valueFrom": SECRET}]},
             executionRoleArn=ROLE),
        f"{APP}/secrets/0/name", "A is set twice",
    ),
    "a variable without name": (base({"environment": [{"value": "1"}]}), f"{APP}/environment/0/name", "no name"),
    "secrets without a role": (
        base({"secrets": [{"name": "A", "valueFrom": SECRET}]}), "/executionRoleArn", "require an execution role"
    ),
    "a private registry without a role": (
        base({"repositoryCredentials": CREDENTIALS}), "/executionRoleArn", "require an execution role"
    ),
    "a malformed secret": (
        base({"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:eu-central-1:1:secret:a"}]},
             executionRoleArn=ROLE),
        f"{APP}/secrets/0/valueFrom", "not the ARN of a secret",
    ),
    "a bucket for a secret": (
        base({"secrets": [{"name": "A", "valueFrom": "arn:aws:s3:::bucket/key"}]}, executionRoleArn=ROLE),
        f"{APP}/secrets/0/valueFrom", "not the ARN of a secret",
    ),
    "malformed credentials": (
        base({"repositoryCredentials": {"credentialsParameter": "arn:aws:iam::1:x"}}, executionRoleArn=ROLE),
        f"{APP}/repositoryCredentials/credentialsParameter", "not the ARN of a secret",
    ),
    "an environment file without suffix": (
        base({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/vars.txt"}]}),
        f"{APP}/environmentFiles/0/value", "not the ARN of an environment file",
    ),
    "two credential specs": (
        base({"credentialSpecs": ["credentialspec:arn:aws:s3:::b/k"] * 2}), f"{APP}/credentialSpecs", "Keep one"
    ),
    "volumes of nobody": (
        base({"volumesFrom": [{"sourceContainer": "db"}]}), f"{APP}/volumesFrom/0/sourceContainer", "does not exist"
    ),
    # Ports and the network.
    "another host port in awsvpc": (
        base(ports({"containerPort": 80, "hostPort": 81}), networkMode="awsvpc"), f"{APP}/portMappings/0/hostPort",
        "Leave it empty or enter 80",
    ),
    "a port without its number": (base(ports({"protocol": "tcp"})), f"{APP}/portMappings/0/containerPort", "missing"),
    "a port that does not exist": (
        base(ports({"containerPort": 65536})), f"{APP}/portMappings/0/containerPort", "1 to 65535"
    ),
    "ports without a network": (
        base(ports({"containerPort": 80}), networkMode="none"), f"{APP}/portMappings", "does not support ports"
    ),
    "one host port twice": (
        base(ports({"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080})),
        f"{APP}/portMappings/1/hostPort", "Host port 8080/tcp is mapped twice",
    ),
    "one port twice in awsvpc": (
        base(ports({"containerPort": 80}, {"containerPort": 80}), networkMode="awsvpc"),
        f"{APP}/portMappings/1/containerPort", "Port 80/tcp is mapped twice",
    ),
    "a range in host mode": (
        base(ports({"containerPortRange": "8000-8010"}), networkMode="host"),
        f"{APP}/portMappings/0/containerPortRange", "does not support port ranges",
    ),
    "a range that falls": (
        base(ports({"containerPortRange": "8010-8000"})), f"{APP}/portMappings/0/containerPortRange", "not a port range"
    ),
    "ranges that overlap": (
        base(ports({"containerPortRange": "8000-8010"}, {"containerPortRange": "8010-8020"})),
        f"{APP}/portMappings/1/containerPortRange", "another port mapping",
    ),
    "a port inside a range": (
        base(ports({"containerPort": 8005}, {"containerPortRange": "8000-8010"})),
        f"{APP}/portMappings/0/containerPort", "another port mapping",
    ),
    "a port name in capitals": (
        base(ports({"containerPort": 80, "name": "HTTP"})), f"{APP}/portMappings/0/name", "lower-case"
    ),
    "two ports of one name": (
        base(ports({"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "http"})),
        f"{APP}/portMappings/1/name", "Two ports are called http",
    ),
    "a host name in awsvpc": (base({"hostname": "h"}, networkMode="awsvpc"), f"{APP}/hostname", "awsvpc"),
    "links in awsvpc": (two({}, links=["db"]) | {"networkMode": "awsvpc"}, f"{APP}/links", "awsvpc"),
    "hosts in awsvpc": (
        base({"extraHosts": [{"hostname": "h", "ipAddress": "10.0.0.1"}]}, networkMode="awsvpc"), f"{APP}/extraHosts",
        "awsvpc",
    ),
    "a link to nobody": (base({"links": ["db"]}), f"{APP}/links/0", "does not exist"),
    # Order of start.
    "waiting for nobody": (base(depends("db")), f"{APP}/dependsOn/0/containerName", "The container db does not exist"),
    "waiting for itself": (base(depends("app")), f"{APP}/dependsOn/0/containerName", "another container"),
    "waiting for health without a check": (
        two({}, **depends("db", "HEALTHY")), f"{APP}/dependsOn/0/condition", "no health check"
    ),
    "waiting for the end of an essential one": (
        two({}, **depends("db", "SUCCESS")), f"{APP}/dependsOn/0/condition", "is essential"
    ),
    "a cycle": (two(depends("app"), **depends("db")), f"{APP}/dependsOn", "depend on each other"),
    # Volumes.
    "a mount of nothing": (
        base({"mountPoints": [{"sourceVolume": "data", "containerPath": "/d"}]}), f"{APP}/mountPoints/0/sourceVolume",
        "The volume data does not exist",
    ),
    "a mount without its path": (
        base({"mountPoints": [{"sourceVolume": "data"}]}, **volume()), f"{APP}/mountPoints/0/containerPath", "missing"
    ),
    "two volumes of one name": (base(volumes=[{"name": "a"}, {"name": "a"}]), "/volumes/0/name", "Two volumes"),
    "two volumes at launch": (
        base(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b", "configuredAtLaunch": True}]),
        "/volumes/1/configuredAtLaunch", "Only one volume",
    ),
    "a volume of two kinds": (
        base(**volume(efsVolumeConfiguration={"fileSystemId": "fs-1"}, host={"sourcePath": "/d"})), "/volumes/0",
        "2 configurations",
    ),
    "an access point with a root": (
        base(**efs(rootDirectory="/x", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"})),
        "/volumes/0/efsVolumeConfiguration/rootDirectory", "access point",
    ),
    "IAM without encryption": (
        base(**efs(authorizationConfig={"iam": "ENABLED"})), "/volumes/0/efsVolumeConfiguration/transitEncryption",
        "IAM authorization requires encryption",
    ),
    "a file system by its name": (
        base(**volume(efsVolumeConfiguration={"fileSystemId": "data"})),
        "/volumes/0/efsVolumeConfiguration/fileSystemId", "not the ID",
    ),
    "S3 Files by name": (
        base(**volume(s3filesVolumeConfiguration={"fileSystemArn": "files"})),
        "/volumes/0/s3filesVolumeConfiguration/fileSystemArn", "not an ARN of S3 Files",
    ),
    # Logs.
    "FireLens without a router": (
        base({"logConfiguration": {"logDriver": "awsfirelens"}}), f"{APP}/logConfiguration/logDriver", "log router"
    ),
    "a log without its group": (
        base({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-central-1"}}}),
        f"{APP}/logConfiguration/options/awslogs-group", "requires awslogs-group",
    ),
    # Fargate.
    "Fargate in bridge mode": (on_fargate(networkMode="bridge"), "/networkMode", "awsvpc"),
    "Fargate without a network mode": (on_fargate(networkMode=None), "/networkMode", "awsvpc"),
    "a CPU size that Fargate lacks": (on_fargate(cpu="300"), "/cpu", "256 (0.25 vCPU), 512"),
    "no size on Fargate": (on_fargate(cpu=None, memory=None), "/cpu", "CPU sizes"),
    "memory that does not go with the CPU": (on_fargate(memory="4096"), "/memory", "512 to 2048"),
    "memory between two steps": (on_fargate(cpu="1024", memory="2500"), "/memory", "in steps of 1024"),
    "an IPC mode": (on_fargate(ipcMode="task"), "/ipcMode", "IPC mode"),
    "the processes of the host": (on_fargate(pidMode="host"), "/pidMode", "PID mode host"),
    "a privileged container": (on_fargate({"privileged": True}), f"{APP}/privileged", "privileged"),
    "a GPU": (
        on_fargate({"resourceRequirements": [{"type": "GPU", "value": "1"}]}), f"{APP}/resourceRequirements/0", "GPU"
    ),
    "a device": (
        on_fargate({"linuxParameters": {"devices": [{"hostPath": "/dev/x"}]}}), f"{APP}/linuxParameters/devices",
        "devices",
    ),
    "an added capability": (
        on_fargate({"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}}),
        f"{APP}/linuxParameters/capabilities/add/0", "only SYS_PTRACE",
    ),
    "shared memory": (
        on_fargate({"linuxParameters": {"sharedMemorySize": 64}}), f"{APP}/linuxParameters/sharedMemorySize", "shared"
    ),
    "little storage": (on_fargate(ephemeralStorage={"sizeInGiB": 20}), "/ephemeralStorage/sizeInGiB", "21 to 200"),
    "much storage": (on_fargate(ephemeralStorage={"sizeInGiB": 201}), "/ephemeralStorage/sizeInGiB", "21 to 200"),
    "a long stop": (on_fargate({"stopTimeout": 121}), f"{APP}/stopTimeout", "2 to 120"),
    "a small Windows": (on_fargate(runtimePlatform=WINDOWS), "/cpu", "Windows tasks"),
    "Windows on ARM": (
        on_fargate(cpu="1024", memory="2048", runtimePlatform={**WINDOWS, "cpuArchitecture": "ARM64"}),
        "/runtimePlatform/cpuArchitecture", "X86_64",
    ),
    "accelerators on Fargate": (
        on_fargate(inferenceAccelerators=[{"deviceName": "a", "deviceType": "b"}]), "/inferenceAccelerators", "Fargate"
    ),
    "constraints on Fargate": (
        on_fargate(placementConstraints=[{"type": "memberOf", "expression": "a"}]), "/placementConstraints", "Fargate"
    ),
    "a path of the host": (on_fargate(**volume(host={"sourcePath": "/v"})), "/volumes/0/host/sourcePath",
                           "must be empty or on EFS"),
    "a Docker volume": (
        on_fargate(**volume(dockerVolumeConfiguration={})), "/volumes/0/dockerVolumeConfiguration", "Docker volumes"
    ),
    "another log driver": (
        on_fargate({"logConfiguration": {"logDriver": "syslog"}}), f"{APP}/logConfiguration/logDriver", "syslog"
    ),
    "logs without a role": (on_fargate({"logConfiguration": LOGS}), "/executionRoleArn", "logs require"),
    "an ECR image without a role": (
        on_fargate({"image": "1.dkr.ecr.eu-central-1.amazonaws.com/a:1"}), "/executionRoleArn", "images from ECR"
    ),
}  # fmt: skip

#: Advice: the document, the place of the finding, and words of it.
ADVICE: dict[str, tuple[Document, str, str]] = {
    "an image without tag": (base({"image": "demo/app"}), f"{APP}/image", "not pinned"),
    "an image with the tag latest": (base({"image": "host:5000/app:latest"}), f"{APP}/image", "not pinned"),
    "a plain secret": (
        base({"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]}), f"{APP}/environment/0/value", "plain text"
    ),
    "a placeholder in the environment": (
        base({"environment": [{"name": "HOST", "value": "db.<DOMAIN>"}]}), f"{APP}/environment/0/value", "placeholder"
    ),
    "a placeholder in a log group": (
        base({"logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/ecs/{{ name }}", "awslogs-region": "eu-central-1"}}}),
        f"{APP}/logConfiguration/options/awslogs-group", "placeholder",
    ),
    "a variable twice": (TAKEN["a variable twice"], f"{APP}/environment/1/name", "A is set 2 times"),
    "no health check": (base(), f"{APP}/healthCheck", "no health check"),
    "no log": (base(), f"{APP}/logConfiguration", "no log configuration"),
    "storage that nothing uses": (base(ephemeralStorage={"sizeInGiB": 30}), "/ephemeralStorage", "Fargate only"),
    "IAM without a task role": (
        base(**efs(transitEncryption="ENABLED", authorizationConfig={"iam": "ENABLED"})),
        "/volumes/0/efsVolumeConfiguration/authorizationConfig/iam", "task role",
    ),
    "one port of two containers": (
        two(ports({"containerPort": 80}), **ports({"containerPort": 80})) | {"networkMode": "awsvpc"},
        "/containerDefinitions/1/portMappings/0/containerPort", "another container",
    ),
    "a capability with its prefix": (
        base({"linuxParameters": {"capabilities": {"drop": ["CAP_KILL"]}}}),
        f"{APP}/linuxParameters/capabilities/drop/0", "Write KILL.",
    ),
    "a limit above its maximum": (
        base({"ulimits": [{"name": "nofile", "softLimit": 2, "hardLimit": 1}]}), f"{APP}/ulimits/0/softLimit", "soft"
    ),
    "an application protocol without name": (
        base(ports({"containerPort": 80, "appProtocol": "http"})), f"{APP}/portMappings/0/appProtocol", "no effect"
    ),
    "a limit that Fargate sets": (
        on_fargate({"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}]}), f"{APP}/ulimits/0", "nofile"
    ),
    "a Docker volume of one task": (
        base(**volume(dockerVolumeConfiguration={"autoprovision": True})),
        "/volumes/0/dockerVolumeConfiguration/autoprovision", "scope shared",
    ),
    "Elastic Inference": (
        base({"resourceRequirements": [{"type": "InferenceAccelerator", "value": "a"}]}),
        f"{APP}/resourceRequirements/0", "no longer available",
    ),
    "two log routers": (
        two({"firelensConfiguration": {"type": "fluentbit"}}, firelensConfiguration={"type": "fluentbit"}),
        "/containerDefinitions/1/firelensConfiguration", "one log router",
    ),
    "Linux parameters on Windows": (
        base({"linuxParameters": {"initProcessEnabled": True}}, runtimePlatform=WINDOWS), f"{APP}/linuxParameters",
        "Windows",
    ),
}  # fmt: skip


def says(findings: list[Finding], pointer: str, words: str) -> bool:
    return any(each.pointer == pointer and words in f"{each.what}. {each.why} {each.how}" for each in findings)


@pytest.mark.parametrize("name", TAKEN)
def test_what_ecs_takes_is_not_refused(name: str) -> None:
    assert blocks(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_ecs_refuses_is_refused_at_its_place(name: str) -> None:
    document, pointer, words = REFUSED[name]
    assert says(blocks(document), pointer, words), blocks(document)


@pytest.mark.parametrize("name", ADVICE)
def test_what_often_goes_wrong_is_a_warning(name: str) -> None:
    document, pointer, words = ADVICE[name]
    assert says(of_level(document, FindingLevel.WARN), pointer, words), task_definition_findings(document)
    assert blocks(document) == []


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_said_twice_about_one_place(name: str) -> None:
    places = [each.pointer for each in blocks(REFUSED[name][0])]
    assert len(places) == len(set(places)), blocks(REFUSED[name][0])


@pytest.mark.parametrize("name", [*TAKEN, *REFUSED])
def test_the_document_is_not_changed(name: str) -> None:
    document = TAKEN.get(name) or REFUSED[name][0]
    before = deepcopy(document)
    task_definition_findings(document)
    assert document == before


def test_every_rule_has_a_document_that_breaks_it() -> None:
    shape = input_shape("ecs.register_task_definition")
    samples = [Part("", model.read(sample[0], shape).usable) for sample in (*REFUSED.values(), *ADVICE.values())]
    unbroken = {rule.name for rule in task_definition.RULES if not any(list(rule.check(each)) for each in samples)}
    assert unbroken == set()


def test_commands_may_contain_variables_of_the_shell() -> None:
    document = base({"command": ["sh", "-c", "echo ${HOME} < <(date)"], "entryPoint": ["{{ENTRY}}"]})
    assert not [each for each in task_definition_findings(document) if "placeholder" in each.what.lower()]


def test_a_hidden_value_is_never_quoted() -> None:
    secret = "s3cret-<NAME>"
    document = base(
        {"environment": [{"name": "A", "value": secret}], "command": [secret], "dockerLabels": {"a": secret},
         "logConfiguration": {"logDriver": "fluentd", "options": {"password": secret}}}
    )  # fmt: skip
    said = " ".join(f"{each.what} {each.why} {each.how}" for each in task_definition_findings(document))
    assert "placeholder is left" in said
    assert "s3cret" not in said
    assert "<NAME>" not in said


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("", ""),
        ("/cpu", "CPU"),
        ("/taskRoleArn", "task role"),
        ("/containerDefinitions", "container definitions"),
        ("/containerDefinitions/0/healthCheck/command", "container web > health check > command"),
        ("/containerDefinitions/0/portMappings/0/name", "container web > port http > name"),
        ("/containerDefinitions/0/environment/1/value", "container web > variable TEXT > value"),
        ("/containerDefinitions/0/dependsOn/0", "container web > dependency on proxy"),
        ("/containerDefinitions/9/image", "container 10 > image"),
        ("/containerDefinitions/0/command/1", "container web > command 2"),
        ("/containerDefinitions/0/dockerLabels/a~1b", "container web > docker labels > a b"),
        ("/volumes/0/efsVolumeConfiguration/authorizationConfig/iam", "volume data > EFS > authorization config > IAM"),
        ("/requiresCompatibilities/0", "compatibility 1"),
        ("/tags/0/key", "tag team > key"),
    ],
)
def test_a_place_is_said_in_words(pointer: str, words: str) -> None:
    assert place_in_words(rich(), pointer) == words
