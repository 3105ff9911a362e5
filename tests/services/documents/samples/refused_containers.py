"""Task definitions that ECS refuses because of a container."""

from typing import Any

from tests.services.definitions import ROLE, SECRET
from tests.services.documents.samples.builders import APP, CREDENTIALS, DIGEST, HEALTH, base, depends, ports, two

REFUSED_CONTAINERS: dict[str, tuple[Any, str, str]] = {
    # Containers.
    "two of one name": (two({"name": "app"}), f"{APP}/name", "Two containers are called app"),
    "no name": (base({"name": ""}), f"{APP}/name", "no name"),
    "a name with a dot": (base({"name": "a.b"}), f"{APP}/name", "does not take"),
    "no image": (base() | {"containerDefinitions": [{"name": "app", "memory": 64}]}, f"{APP}/image", "no image"),
    "an image with blanks": (base({"image": "demo app"}), f"{APP}/image", "does not take"),
    "a placeholder for an image": (base({"image": "<IMAGE>"}), f"{APP}/image", "The placeholder <IMAGE> is left"),
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
    "11 environment files": (
        base({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/a.env"}] * 11}, executionRoleArn=ROLE),
        f"{APP}/environmentFiles", "at most 10",
    ),
    "a credential spec by its name": (
        base({"credentialSpecs": ["credentialspec:file"]}), f"{APP}/credentialSpecs/0", "not a credential spec"
    ),
    "a negative timeout": (base({"stopTimeout": -1}), f"{APP}/stopTimeout", "0 seconds or more"),
    "negative swap": (base({"linuxParameters": {"maxSwap": -1}}), f"{APP}/linuxParameters/maxSwap", "0 MiB or more"),
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
    "a host port that does not exist": (
        base(ports({"containerPort": 80, "hostPort": 65536})), f"{APP}/portMappings/0/hostPort", "0 to 65535"
    ),
    "101 port ranges": (
        base(ports(*({"containerPortRange": f"{n}-{n + 1}"} for n in range(1, 203, 2)))), f"{APP}/portMappings",
        "at most 100",
    ),
    "links in host mode": (two({}, links=["db"]) | {"networkMode": "host"}, f"{APP}/links", "host"),
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
}  # fmt: skip
