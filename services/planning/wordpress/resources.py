"""Resources of a WordPress site as data: names, task definitions, services. `steps` orders them.

The site runs behind a load balancer and reaches its database as `mysql` by Service Connect. Both read the password from
Secrets Manager. The database stores its files on EFS: Fargate has no other disk that outlives a task. The tasks of the
site share `wp-content` on a separate file system, and the keys and salts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecsdash.aws.arns import iam_arn
from ecsdash.aws.names import ROLE_PATH
from ecsdash.aws.prices import Estimate, fargate_monthly, load_balancer_monthly
from ecsdash.operations.plan import Change
from ecsdash.operations.refs import join, ref

DATABASE_PORT, SITE_PORT, FILES_PORT = 3306, 80, 2049
DATABASE_HOST = "mysql"
CPU, MEMORY = {"mysql": 512, "site": 256}, {"mysql": 1024, "site": 512}
EXECUTION_POLICY = "service-role/AmazonECSTaskExecutionRolePolicy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SECRET_ARN, SALTS_ARN = ref("secret.ARN"), ref("salts.ARN")
DATA, CONTENT = ref("data.FileSystemId"), ref("content.FileSystemId")
BALANCER = ref("balancer.LoadBalancers.0.LoadBalancerArn")
TARGETS = ref("targets.TargetGroups.0.TargetGroupArn")
CONTENT_PATH = "/var/www/html/wp-content"
WWW_DATA = 33  # the web server's user in the official image
SALTS = tuple(f"{of}_{kind}" for kind in ("KEY", "SALT") for of in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE"))


@dataclass(frozen=True)
class WordPress:
    """Values of the form. `name` is the prefix of all resource names; `role_limits`: parameters of its role."""

    account_id: str
    region: str
    name: str
    cluster: str
    new_cluster: bool
    vpc: str
    subnets: tuple[str, ...]
    site_count: int
    site_image: str
    database_image: str
    role_limits: dict[str, Any]

    @property
    def role(self) -> str:
        return f"{self.name}-execution"

    @property
    def role_arn(self) -> str:
        return iam_arn(self.region, self.account_id, f"role{ROLE_PATH}{self.role}")

    @property
    def database(self) -> str:
        return f"{self.name}-mysql"

    @property
    def group_names(self) -> list[str]:
        return [f"{self.name}-{part}" for part in ("lb", "site", "db", "data", "content")]

    @property
    def target_group(self) -> str:
        return f"{self.name}-site"

    @property
    def password_name(self) -> str:
        return f"{self.name}/database-password"

    @property
    def salts_name(self) -> str:
        return f"{self.name}/keys-and-salts"

    @property
    def log_group(self) -> str:
        return f"/ecs/{self.name}"

    @property
    def monthly_cost(self) -> Estimate:
        sites = fargate_monthly(self.region, CPU["site"], MEMORY["site"], self.site_count)
        database = fargate_monthly(self.region, CPU["mysql"], MEMORY["mysql"])
        return sites + database + load_balancer_monthly(self.region)

    def may_read_secrets(self) -> str:
        """Return the name of the inline policy that allows the execution role to read the two secrets."""
        return f"{self.name}-secrets"

    def secrets_policy(self) -> Any:
        head = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue"}
        statement = {**head, "Resource": ["<password>", "<salts>"]}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        before, rest = text.split("<password>")
        between, after = rest.split("<salts>")
        return join(before, SECRET_ARN, between, SALTS_ARN, after)

    def database_definition(self) -> dict[str, Any]:
        container = {
            "name": "mysql",
            "image": self.database_image,
            "essential": True,
            "portMappings": [{"name": "mysql", "containerPort": DATABASE_PORT, "protocol": "tcp"}],
            "environment": _pairs(MYSQL_DATABASE="wordpress", MYSQL_USER="wordpress", MYSQL_RANDOM_ROOT_PASSWORD="yes"),  # noqa: S106
            "secrets": [{"name": "MYSQL_PASSWORD", "valueFrom": SECRET_ARN}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/var/lib/mysql"}],
            "healthCheck": {"command": ["CMD-SHELL", "mysqladmin ping -h localhost"], "startPeriod": 60},
            "logConfiguration": self._logs("mysql"),
        }
        files = {"fileSystemId": DATA, "transitEncryption": "ENABLED"}
        volumes = [{"name": "data", "efsVolumeConfiguration": files}]
        return {**self._definition(self.database, "mysql", container), "volumes": volumes}

    def site_definition(self) -> dict[str, Any]:
        host = f"{DATABASE_HOST}:{DATABASE_PORT}"
        container = {
            "name": "wordpress",
            "image": self.site_image,
            "essential": True,
            "portMappings": [{"name": "http", "containerPort": SITE_PORT, "protocol": "tcp"}],
            "environment": _pairs(WORDPRESS_DB_HOST=host, WORDPRESS_DB_USER="wordpress", WORDPRESS_DB_NAME="wordpress"),
            "secrets": [{"name": "WORDPRESS_DB_PASSWORD", "valueFrom": SECRET_ARN}, *_salts()],
            "mountPoints": [{"sourceVolume": "wp-content", "containerPath": CONTENT_PATH}],
            "logConfiguration": self._logs("wordpress"),
        }
        access = {"accessPointId": ref("access_point.AccessPointId")}
        files = {"fileSystemId": CONTENT, "transitEncryption": "ENABLED", "authorizationConfig": access}
        volumes = [{"name": "wp-content", "efsVolumeConfiguration": files}]
        return {**self._definition(self.name, "site", container), "volumes": volumes}

    def database_service(self) -> dict[str, Any]:
        """Return CreateService parameters for one task at a time: two databases would corrupt the same files."""
        alias = {"port": DATABASE_PORT, "dnsName": DATABASE_HOST}
        offered = {"portName": "mysql", "discoveryName": self.database, "clientAliases": [alias]}
        return {
            **self._service(self.database, "database_definition", "database_group"),
            "desiredCount": 1,
            "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100},
            "serviceConnectConfiguration": {"enabled": True, "namespace": self.name, "services": [offered]},
        }

    def site_service(self) -> dict[str, Any]:
        breaker = {"enable": True, "rollback": True}
        behind = {"targetGroupArn": TARGETS, "containerName": "wordpress"}
        return {
            **self._service(self.name, "site_definition", "site_group"),
            "desiredCount": self.site_count,
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": breaker,
            },
            "loadBalancers": [{**behind, "containerPort": SITE_PORT}],
            "healthCheckGracePeriodSeconds": 120,
            "serviceConnectConfiguration": {"enabled": True, "namespace": self.name},
        }

    def changes(self) -> tuple[Change, ...]:
        return (
            *((Change("cluster", None, f"{self.cluster} (Fargate)"),) if self.new_cluster else ()),
            Change("security groups", None, self.group_names),
            Change("database login", None, f"random, in Secrets Manager as {self.password_name}"),
            Change("keys and salts", None, f"random, in Secrets Manager as {self.salts_name}"),
            Change("role", None, self.role),
            Change("file systems", None, [f"{self.name}-{part} (EFS, encrypted)" for part in ("data", "content")]),
            Change("namespace", None, f"{self.name} (Service Connect)"),
            Change("log group", None, self.log_group),
            Change("task definitions", None, [self.database, self.name]),
            Change("service of the database", None, f"{self.database}: {self.database_image} × 1"),
            Change("service of the site", None, f"{self.name}: {self.site_image} × {self.site_count}"),
            Change("load balancer", None, f"{self.name}, internet-facing on port {SITE_PORT}, sticky sessions"),
        )

    def _definition(self, family: str, size: str, container: dict[str, Any]) -> dict[str, Any]:
        return {
            "family": family,
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": str(CPU[size]),
            "memory": str(MEMORY[size]),
            "executionRoleArn": self.role_arn,
            "containerDefinitions": [container],
        }

    def _service(self, name: str, definition: str, group: str) -> dict[str, Any]:
        """Return CreateService parameters; `definition` and `group` are the keys of the steps that create these."""
        network = {"subnets": list(self.subnets), "securityGroups": [ref(f"{group}.GroupId")]}
        return {
            "cluster": self.cluster,
            "serviceName": name,
            "taskDefinition": ref(f"{definition}.taskDefinition.taskDefinitionArn"),
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {**network, "assignPublicIp": "ENABLED"}},
        }

    def _logs(self, prefix: str) -> dict[str, Any]:
        options = {
            "awslogs-group": self.log_group,
            "awslogs-region": self.region,
            "awslogs-stream-prefix": prefix,
        }
        return {"logDriver": "awslogs", "options": options}


def _pairs(**environment: str) -> Sequence[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in environment.items()]


def _salts() -> Sequence[dict[str, Any]]:
    """Return the salt variables of the official image, each from its key in the JSON secret."""
    return [{"name": f"WORDPRESS_{name}", "valueFrom": join(SALTS_ARN, f":{name}::")} for name in SALTS]
