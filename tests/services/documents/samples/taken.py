"""Task definitions that ECS takes."""

from tests.services.definitions import ROLE, SECRET, rich
from tests.services.documents.samples.builders import (
    DIGEST,
    HEALTH,
    LOGS,
    MESH,
    SHARED_GPU,
    WINDOWS,
    Document,
    base,
    depends,
    efs,
    on_fargate,
    ports,
    two,
    volume,
)

ON_EC2 = {"requiresCompatibilities": ["EC2"]}
TAKEN: dict[str, Document] = {
    "the smallest one": base(),
    "a task for EC2 with about everything": rich() | ON_EC2,
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
    "a shared GPU": base(
        {"resourceRequirements": [SHARED_GPU]}
    ),
    "managed instances with the network of the host": base(
        requiresCompatibilities=["MANAGED_INSTANCES"], networkMode="host"
    ),
    "an App Mesh proxy": base(networkMode="awsvpc", proxyConfiguration=MESH),
    "logs of Fargate": on_fargate(
        {"logConfiguration": {**LOGS, "options": {**LOGS["options"], "awslogs-stream-prefix": "ecs", "mode": "x"}}},
        executionRoleArn=ROLE,
    ),
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
