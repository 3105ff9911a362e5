"""Task definitions that ECS refuses because of logs, resources or Fargate."""

from typing import Any

from tests.services.definitions import ROLE
from tests.services.documents.samples.builders import (
    APP,
    LOGS,
    MESH,
    SHARED_GPU,
    WINDOWS,
    base,
    efs,
    on_fargate,
    ports,
    two,
    volume,
)

REFUSED_FARGATE: dict[str, tuple[Any, str, str]] = {
    # Logs.
    "FireLens without a router": (
        base({"logConfiguration": {"logDriver": "awsfirelens"}}), f"{APP}/logConfiguration/logDriver", "log router"
    ),
    "a log without its group": (
        base({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-central-1"}}}),
        f"{APP}/logConfiguration/options/awslogs-group", "requires awslogs-group",
    ),
    "storage that nothing uses": (base(ephemeralStorage={"sizeInGiB": 30}), "/ephemeralStorage", "Only Fargate"),
    "one port of two containers": (
        two(ports({"containerPort": 80}), **ports({"containerPort": 80})) | {"networkMode": "awsvpc"},
        "/containerDefinitions/1/portMappings/0/containerPort", "another container",
    ),
    "a limit above its maximum": (
        base({"ulimits": [{"name": "nofile", "softLimit": 2, "hardLimit": 1}]}), f"{APP}/ulimits/0/softLimit", "soft"
    ),
    "two log routers": (
        two({"firelensConfiguration": {"type": "fluentbit"}}, firelensConfiguration={"type": "fluentbit"}),
        "/containerDefinitions/1/firelensConfiguration", "one log router",
    ),
    "a proxy that is no container": (
        base(networkMode="awsvpc", proxyConfiguration={**MESH, "containerName": "envoy"}),
        "/proxyConfiguration/containerName", "does not exist",
    ),
    "a proxy in bridge mode": (base(proxyConfiguration=MESH), "/proxyConfiguration", "bridge"),
    "a proxy without properties": (
        base(networkMode="awsvpc", proxyConfiguration={"containerName": "app"}), "/proxyConfiguration/properties",
        "ProxyIngressPort",
    ),
    "fault injection in bridge mode": (base(enableFaultInjection=True), "/enableFaultInjection", "bridge"),
    "bridge mode on managed instances": (
        base(requiresCompatibilities=["MANAGED_INSTANCES"], networkMode="bridge"), "/networkMode", "Managed Instances"
    ),
    "EFS on external instances": (
        base(requiresCompatibilities=["EXTERNAL"], **efs()), "/volumes/0/efsVolumeConfiguration", "External"
    ),
    "an idle volume at launch": (base(**volume(configuredAtLaunch=True)), "/volumes/0", "No container mounts"),
    "a port of encryption that is off": (
        base(**efs(transitEncryptionPort=3000)), "/volumes/0/efsVolumeConfiguration/transitEncryptionPort",
        "encryption in transit",
    ),
    "a range and a port": (
        base(ports({"containerPortRange": "8000-8010", "containerPort": 80})),
        f"{APP}/portMappings/0/containerPortRange", "exclude each other",
    ),
    "DNS servers in awsvpc": (base({"dnsServers": ["10.0.0.2"]}, networkMode="awsvpc"), f"{APP}/dnsServers", "VPC"),
    "swappiness above 100": (
        base({"linuxParameters": {"swappiness": 101}}), f"{APP}/linuxParameters/swappiness", "0 to 100"
    ),
    "an empty tmpfs": (
        base({"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 0}]}}),
        f"{APP}/linuxParameters/tmpfs/0/size", "1 MiB or more",
    ),
    "a router that nobody uses": (
        base({"firelensConfiguration": {"type": "fluentbit"}}), f"{APP}/firelensConfiguration", "No container uses"
    ),
    "a router that is not root": (
        two({"firelensConfiguration": {"type": "fluentbit"}, "user": "1000:0"},
            logConfiguration={"logDriver": "awsfirelens"}),
        "/containerDefinitions/1/user", "must run as root",
    ),
    "an option that awslogs lacks": (
        base({"logConfiguration": {**LOGS, "options": {**LOGS["options"], "max-size": "1m"}}}),
        f"{APP}/logConfiguration/options/max-size", "no option max-size",
    ),
    "a log of Fargate without prefix": (
        on_fargate({"logConfiguration": LOGS}, executionRoleArn=ROLE),
        f"{APP}/logConfiguration/options/awslogs-stream-prefix", "stream prefix",
    ),
    # Resources.
    "a GPU without number": (
        base({"resourceRequirements": [{"type": "GPU"}]}), f"{APP}/resourceRequirements/0/value", "no value"
    ),
    "a shared GPU with a number": (
        base({"resourceRequirements": [SHARED_GPU | {"value": "1"}]}), f"{APP}/resourceRequirements/0/value",
        "exclude each other",
    ),
    "a shared GPU of an external instance": (
        base({"resourceRequirements": [SHARED_GPU]}, requiresCompatibilities=["EXTERNAL"]),
        f"{APP}/resourceRequirements/0/sharingStrategy", "external instances",
    ),
    "some Neuron devices": (
        base({"resourceRequirements": [{"type": "NeuronDevice", "value": "2"}]}),
        f"{APP}/resourceRequirements/0/value", "Enter ALL.",
    ),
    "an empty sharing strategy": (
        base({"resourceRequirements": [{"type": "GPU", "sharingStrategy": {}}]}),
        f"{APP}/resourceRequirements/0/sharingStrategy", "Enter one of nvidiaMps",
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
    "security options": (
        on_fargate({"dockerSecurityOptions": ["no-new-privileges"]}), f"{APP}/dockerSecurityOptions", "security options"
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
