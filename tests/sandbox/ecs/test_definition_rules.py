"""Task definitions that ECS takes or refuses, without a control plane."""

from typing import Any

import pytest

from ecsdash.sandbox.ecs.codec import without_nulls
from ecsdash.sandbox.ecs.definition_rules import check_definition, compatibility, size
from ecsdash.sandbox.ecs.errors import EcsError
from tests.sandbox.ecs.stage import ROLE, Json

WEB = {"name": "web", "image": "nginx:1.27", "memory": 128}
LOGS = {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "web"}
DIGEST = "sha256:" + "0123456789abcdef" * 4
ROUTER = {"name": "router", "image": "fluent-bit:2", "memory": 64, "firelensConfiguration": {"type": "fluentbit"}}
FARGATE = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": ROLE,
}
PROXY = {"containerName": "envoy", "properties": []}


def definition(**changes: Any) -> Json:
    """A small task definition for instances; a change to None removes a member."""
    params: Json = without_nulls({"family": "web", "containerDefinitions": [WEB]} | changes)
    return params


def web(**changes: Any) -> Json:
    return {"containerDefinitions": [WEB | changes]}


def port(**mapping: Any) -> Json:
    return web(portMappings=[mapping])


def volume(**configuration: Any) -> Json:
    return {
        "volumes": [{"name": "data", **configuration}],
        **web(mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}]),
    }


def efs(**configuration: Any) -> Json:
    return volume(efsVolumeConfiguration={"fileSystemId": "fs-1", **configuration})


def fargate(**changes: Any) -> Json:
    return FARGATE | changes


def windows(**changes: Any) -> Json:
    platform = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"}
    return FARGATE | {"runtimePlatform": platform, "cpu": "1024", "memory": "2048"} | changes


TAKEN: dict[str, Json] = {
    "members that are null": web(logConfiguration=None, ulimits=None)
    | {"volumes": [{"name": "data"}]}
    | web(mountPoints=[{"sourceVolume": "data", "containerPath": "/data", "readOnly": None}]),
    "a health check without CMD": web(healthCheck={"command": ["/healthcheck"]}),
    "a health check as one shell line": web(healthCheck={"command": ["curl -f http://localhost/"]}),
    "two port ranges": web(portMappings=[{"containerPortRange": "8000-8010"}, {"containerPortRange": "9000-9010"}]),
    "an environment variable twice": web(environment=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
    "one container port on two host ports": web(
        portMappings=[{"containerPort": 80, "hostPort": 8080}, {"containerPort": 80, "hostPort": 8081}]
    ),
    "a Windows pipe as mount path": {
        "volumes": [{"name": "pipe", "host": {"sourcePath": r"\\.\pipe\docker_engine"}}],
        **web(mountPoints=[{"sourceVolume": "pipe", "containerPath": r"\\.\pipe\docker_engine"}]),
    },
    "an image longer than 255 characters with its digest": web(image=f"registry.example/{'a' * 230}@{DIGEST}"),
    "memory equal to its reservation": web(memoryReservation=128),
    "a reservation beyond the limits of the containers together": {
        "memory": "256",
        "containerDefinitions": [WEB | {"memory": 256, "memoryReservation": 64}, WEB | {"name": "b", "memory": 192}],
    },
    "an added capability on instances": web(linuxParameters={"capabilities": {"add": ["NET_ADMIN"]}}),
    "SYS_PTRACE on Fargate": fargate(**web(linuxParameters={"capabilities": {"add": ["SYS_PTRACE"]}})),
    "tmpfs on Fargate": fargate(**web(linuxParameters={"tmpfs": [{"containerPath": "/t", "size": 64}]})),
    "storage of 200 GiB on Fargate": fargate(ephemeralStorage={"sizeInGiB": 200}),
    "process IDs shared in a task on Fargate": fargate(pidMode="task"),
    "Windows on Fargate": windows(),
    "an EFS access point in its root": efs(
        rootDirectory="/", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"}
    ),
    "FireLens with its router": {
        "containerDefinitions": [WEB | {"logConfiguration": {"logDriver": "awsfirelens"}}, ROUTER]
    },
    "the last port of all": port(containerPort=65535, hostPort=0),
}


@pytest.mark.parametrize("params", TAKEN.values(), ids=TAKEN)
def test_ecs_takes(params: Json) -> None:
    check_definition(definition(**params))


REFUSED: list[tuple[str, Json]] = [
    ("Family contains invalid characters", {"family": "my web"}),
    ("Role is not valid", {"taskRoleArn": "arn:aws:iam::1:role/web"}),
    ("Role is not valid", {"executionRoleArn": "arn:aws:s3:::bucket"}),
    ("Container list cannot be empty", {"containerDefinitions": []}),
    ("Container.name contains invalid characters", web(name="a b")),
    ("Container.name should not be null or empty", {"containerDefinitions": [{"image": "nginx", "memory": 64}]}),
    ("Container.image should not be null or empty", web(image="")),
    ("Container.image contains invalid characters", web(image="ngi nx")),
    ("Container.image contains invalid characters", web(image="a" * 256)),
    ("must be unique", {"containerDefinitions": [WEB, WEB]}),
    ("doesn't have any essential container", web(essential=False)),
    ("At least one of 'memory' or", web(memory=None)),
    ("at least 6 MiB", web(memory=4)),
    ("'memory' must be greater than or equal to 'memoryReservation'", web(memoryReservation=256)),
    ("The 'memory' setting for container 'web' is greater than for the task.", {"memory": "64"}),
    (
        "The 'memoryReservation' setting for container 'web' is greater than for the task.",
        {"memory": "64", **web(memory=None, memoryReservation=65)},
    ),
    (
        "The sum of all container 'memory' reservations cannot be greater",
        {"memory": "200", "containerDefinitions": [WEB, WEB | {"name": "b"}]},
    ),
    (
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        {"cpu": "256", "containerDefinitions": [WEB | {"cpu": 128}, WEB | {"name": "b", "cpu": 129}]},
    ),
    ("parameter name specified for secret A is invalid", web(secrets=[{"name": "A", "valueFrom": "arn:aws:s3:::b"}])),
    ("parameter name specified for secret A is invalid", web(secrets=[{"name": "A", "valueFrom": "not a name"}])),
    (
        "not shared with any new or existing environment variables set on the container, such as 'A'.",
        web(secrets=[{"name": "A", "valueFrom": "b"}], environment=[{"name": "A", "value": "1"}]),
    ),
    ("such as 'A'.", web(secrets=[{"name": "A", "valueFrom": "b"}, {"name": "A", "valueFrom": "c"}])),
    (
        "you must also specify a value for 'executionRoleArn'",
        {"executionRoleArn": None, **web(secrets=[{"name": "A", "valueFrom": "b"}])},
    ),
    ("environment file", web(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::bucket/web.txt"}])),
    (
        "Specify ten or less",
        web(environmentFiles=[{"type": "s3", "value": f"arn:aws:s3:::bucket/{n}.env"} for n in range(11)]),
    ),
    (
        "Health check interval must be less than or equal to the maximum allowed value 300 for container 'web'",
        web(healthCheck={"command": ["CMD", "x"], "interval": 301}),
    ),
    ("Health check interval must be greater than or equal", web(healthCheck={"command": ["CMD"], "interval": 4})),
    ("Health check timeout must be", web(healthCheck={"command": ["CMD"], "timeout": 61})),
    ("Health check retries must be", web(healthCheck={"command": ["CMD"], "retries": 11})),
    ("Health check startPeriod must be", web(healthCheck={"command": ["CMD"], "startPeriod": 301})),
    ("Health check command", web(healthCheck={"command": []})),
    ("must be between 60 and 1800", web(restartPolicy={"enabled": True, "restartAttemptPeriod": 59})),
    ("at most 50 exit codes", web(restartPolicy={"enabled": True, "ignoredExitCodes": [*range(51)]})),
    ("soft limit of 'nofile'", web(ulimits=[{"name": "nofile", "softLimit": 2, "hardLimit": 1}])),
    ("Unknown volume 'data'", web(mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])),
    ("Volume names must be unique", {"volumes": [{"name": "data"}, {"name": "data"}]}),
    ("only one configuration", volume(host={"sourcePath": "/data"}, dockerVolumeConfiguration={"scope": "task"})),
    ("Volumes [data] are not referenced", {"volumes": [{"name": "data", "configuredAtLaunch": True}]}),
    ("Invalid 'volumesFrom' setting. Unknown container: 'db'", web(volumesFrom=[{"sourceContainer": "db"}])),
    ("Invalid 'links' setting. Unknown container: 'db'", web(links=["db:database"])),
    (
        'the root directory must either be set to "/" or be omitted',
        efs(rootDirectory="/data", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"}),
    ),
    ("EFS IAM authorization requires TransitEncryption", efs(authorizationConfig={"iam": "ENABLED"})),
    ("EFS access point requires TransitEncryption", efs(authorizationConfig={"accessPointId": "fsap-1"})),
    ("TransitEncryptionPort requires", efs(transitEncryptionPort=2049)),
    ("container + 'db' because it does not exist", web(dependsOn=[{"containerName": "db", "condition": "START"}])),
    (
        "HEALTHY condition must have health check",
        {
            "containerDefinitions": [
                WEB | {"dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]},
                WEB | {"name": "db"},
            ]
        },
    ),
    (
        "cannot be an essential container",
        {
            "containerDefinitions": [
                WEB | {"dependsOn": [{"containerName": "db", "condition": "SUCCESS"}]},
                WEB | {"name": "db"},
            ]
        },
    ),
    (
        "form a cycle: a -> b -> a",
        {
            "containerDefinitions": [
                WEB | {"name": name, "dependsOn": [{"containerName": other, "condition": "START"}]}
                for name, other in (("a", "b"), ("b", "a"))
            ]
        },
    ),
    ("requires options: awslogs-group", web(logConfiguration={"logDriver": "awslogs", "options": {}})),
    ("disallows options: tag", web(logConfiguration={"logDriver": "awslogs", "options": LOGS | {"tag": "a"}})),
    ("a firelens configuration object must be configured", web(logConfiguration={"logDriver": "awsfirelens"})),
    ("at least one container has to be configured with the awsfirelens", {"containerDefinitions": [WEB, ROUTER]}),
    (
        "has to run as root",
        {
            "containerDefinitions": [
                WEB | {"logConfiguration": {"logDriver": "awsfirelens"}},
                ROUTER | {"user": "1000"},
            ]
        },
    ),
    ("hostname is not supported on container when networkMode=awsvpc.", {"networkMode": "awsvpc", **web(hostname="a")}),
    ("Links are not supported when networkMode=awsvpc.", {"networkMode": "awsvpc", **web(links=["web"])}),
    (
        "Extra hosts are not supported on container when networkMode=awsvpc.",
        {
            "networkMode": "awsvpc",
            **web(extraHosts=[{"hostname": "db", "ipAddress": "10.0.0.1"}]),
        },
    ),
    ("DNS servers are not supported", {"networkMode": "awsvpc", **web(dnsServers=["10.0.0.2"])}),
    ("Disable Networking is not supported", {"networkMode": "awsvpc", **web(disableNetworking=True)}),
    ("is not supported when networkMode=host", {"networkMode": "host", **port(containerPortRange="8000-8010")}),
    ("When networkMode=host, the host ports", {"networkMode": "host", **port(containerPort=80, hostPort=81)}),
    ("When networkMode=awsvpc, the host ports", {"networkMode": "awsvpc", **port(containerPort=80, hostPort=81)}),
    ("when networkMode=none", {"networkMode": "none", **port(containerPort=80)}),
    ("Invalid 'containerPort' setting for container 'web'.", port(containerPort=70000)),
    ("Invalid 'containerPort' setting for container 'web'.", port(hostPort=80)),
    ("Invalid 'hostPort' setting for container 'web'.", port(containerPort=80, hostPort=-1)),
    ("Invalid 'containerPortRange' setting for container 'web'.", port(containerPortRange="8010-8000")),
    ("cannot specify both single port and port range", port(containerPort=80, containerPortRange="8000-8010")),
    ("Invalid port mapping name 'Web'", port(containerPort=80, name="Web")),
    ("Invalid port mapping name '-web'", port(containerPort=80, name="-web")),
    (
        "port mapping name is already used",
        web(portMappings=[{"containerPort": 80, "name": "web"}, {"containerPort": 81, "name": "web"}]),
    ),
    (
        "container port is used multiple times in task",
        {"networkMode": "awsvpc", **web(portMappings=[{"containerPortRange": "80-90"}, {"containerPort": 85}])},
    ),
    (
        "host port is used multiple times in task",
        web(portMappings=[{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]),
    ),
    ("APPMESH proxy configuration is only supported in networkMode=awsvpc", {"proxyConfiguration": PROXY}),
    ("Proxy container [envoy] does not exist.", {"networkMode": "awsvpc", "proxyConfiguration": PROXY}),
    ("enableFaultInjection is only supported", {"enableFaultInjection": True}),
    ("Tasks using the EC2 launch type do not support EphemeralStorage", {"ephemeralStorage": {"sizeInGiB": 30}}),
    ("EXTERNAL launch type do not support", {"requiresCompatibilities": ["EXTERNAL"], "networkMode": "awsvpc"}),
    ("only support networkMode 'awsvpc' or 'host'", {"requiresCompatibilities": ["MANAGED_INSTANCES"]}),
    ("Fargate only supports network mode", fargate(networkMode="bridge")),
    ("No Fargate configuration exists for given values: 256 CPU, 4096", fargate(memory="4096")),
    ("No Fargate configuration exists", fargate(cpu="300")),
    ("Fargate requires that 'memory' be defined at the task level", fargate(memory=None)),
    ("No Fargate configuration exists for given values: 512 CPU, 1024", windows(cpu="512", memory="1024")),
    ("No Fargate configuration exists", windows(cpu="8192", memory="16384")),
    (
        "No Fargate configuration exists",
        windows(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "ARM64"}),
    ),
    ("No Fargate configuration exists", windows(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2016_FULL"})),
    ("do not support ipcMode", fargate(ipcMode="task")),
    ("do not support pidMode 'host'", fargate(pidMode="host")),
    ("do not support constraints", fargate(placementConstraints=[{"type": "memberOf", "expression": "a == b"}])),
    ("EphemeralStorage size should be at least 21", fargate(ephemeralStorage={"sizeInGiB": 20})),
    ("EphemeralStorage size should be at most 200", fargate(ephemeralStorage={"sizeInGiB": 201})),
    ("Fargate requires that the 'privileged' setting be 'false'", fargate(**web(privileged=True))),
    ("do not support GPU", fargate(**web(resourceRequirements=[{"type": "GPU", "value": "1"}]))),
    ("do not support dockerSecurityOptions", fargate(**web(dockerSecurityOptions=["no-new-privileges"]))),
    ("supports at most 120 seconds", fargate(**web(stopTimeout=121))),
    ("do not support devices", fargate(**web(linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]}))),
    ("do not support sharedMemorySize", fargate(**web(linuxParameters={"sharedMemorySize": 64}))),
    ("do not support maxSwap", fargate(**web(linuxParameters={"maxSwap": 0}))),
    ("NET_ADMIN is not allowed on Fargate.", fargate(**web(linuxParameters={"capabilities": {"add": ["NET_ADMIN"]}}))),
    ("do not support sourcePath", fargate(volumes=[{"name": "data", "host": {"sourcePath": "/data"}}])),
    (
        "do not support dockerVolumeConfiguration",
        fargate(volumes=[{"name": "data", "dockerVolumeConfiguration": {"scope": "task"}}]),
    ),
    ("json-file is not a valid log driver", fargate(**web(logConfiguration={"logDriver": "json-file"}))),
    (
        "execution role ARN to support log driver awslogs",
        fargate(executionRoleArn=None, **web(logConfiguration={"logDriver": "awslogs", "options": LOGS})),
    ),
    (
        "to include awslogs-stream-prefix",
        fargate(**web(logConfiguration={"logDriver": "awslogs", "options": LOGS | {"awslogs-stream-prefix": None}})),
    ),
    (
        "execution role ARN to support ECR images",
        fargate(executionRoleArn=None, **web(image="1.dkr.ecr.eu-central-1.amazonaws.com/web:1")),
    ),
]


@pytest.mark.parametrize(("words", "changes"), REFUSED, ids=[f"{number}" for number, _ in enumerate(REFUSED)])
def test_ecs_refuses_with_the_reason(words: str, changes: Json) -> None:
    with pytest.raises(EcsError) as error:
        check_definition(definition(**{"executionRoleArn": ROLE} | changes))
    assert words in error.value.message
    assert error.value.code == "ClientException"


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [(".25 vCPU", "cpu", "256"), ("0.5 vCPU", "cpu", "512"), ("2 GB", "memory", "2048"), ("1024", "memory", "1024")],
)
def test_sizes_are_turned_into_whole_numbers(text: str, name: str, whole: str) -> None:
    assert size(text, 1024, name) == whole


@pytest.mark.parametrize(
    ("text", "name"), [("${MEM}", "memory"), ("512MB", "cpu"), ("1 GB", "cpu"), ("64", "cpu"), ("lots", "memory")]
)
def test_other_sizes_are_refused(text: str, name: str) -> None:
    with pytest.raises(EcsError, match=f"Invalid '{name}' setting for task"):
        size(text, 1024, name)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["EXTERNAL", "EC2"]),
        ({"networkMode": "awsvpc"}, ["EC2", "MANAGED_INSTANCES"]),
        (FARGATE, ["EC2", "FARGATE", "MANAGED_INSTANCES"]),
        (efs(), ["EC2"]),
    ],
)
def test_compatibilities_say_where_a_definition_runs(params: Json, expected: list[str]) -> None:
    assert compatibility.compatibilities(definition(**params)) == expected
