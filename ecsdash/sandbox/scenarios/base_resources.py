"""Resources that the clusters of the small scenario need: roles, networks, secrets, repositories, log groups."""

import hashlib
import json
from dataclasses import dataclass

from ecsdash.sandbox.scenarios.clients import Clients

_MANAGED = "arn:aws:iam::aws:policy/service-role"

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
#: Repository -> the tags that were pushed to it.
_IMAGES = {
    "shop/web": ("5.0.0", "5.1.0", "5.2.0"),
    "shop/checkout": ("2.3.0", "2.4.0", "2.5.0"),
    "shop/worker": ("crash", "1.0.0"),
}
#: Repositories whose images are scanned.
_SCANNED = ("shop/checkout",)
#: Of certificates; that of the last one is never issued.
_DOMAINS = ("shop.example", "*.shop.example", "shop.invalid")


ACCOUNT = "123456789012"
HOME, SECOND = "eu-central-1", "us-east-1"


@dataclass(frozen=True)
class Network:
    vpc: str
    subnets: list[str]
    balancer_group: str
    task_group: str


def build_account(aws: Clients) -> None:
    _role(aws, "ecsTaskExecutionRole", "ecs-tasks", f"{_MANAGED}/AmazonECSTaskExecutionRolePolicy")
    _role(aws, "ecsInstanceRole", "ec2", f"{_MANAGED}/AmazonEC2ContainerServiceforEC2Role")
    _role(aws, "shopTaskRole", "ecs-tasks", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    managed = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"
    _role(aws, "ecsInfrastructureRole", "ecs", managed)
    aws["iam"].create_instance_profile(InstanceProfileName="ecsInstanceRole")
    aws["iam"].add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")


def build_region(aws: Clients) -> Network:
    aws["ec2"].create_key_pair(KeyName="ops")
    for name in ("shop/database-password", "shop/payment-key"):
        aws["secretsmanager"].create_secret(Name=name, SecretString="not a real secret")
    for name, tags in _IMAGES.items():
        _repository(aws, name, tags)
    for domain in _DOMAINS:
        aws["acm"].request_certificate(DomainName=domain, ValidationMethod="DNS")
    return _network(aws)


def _repository(aws: Clients, name: str, tags: tuple[str, ...]) -> None:
    scanned = {"scanOnPush": name in _SCANNED}
    aws["ecr"].create_repository(repositoryName=name, imageScanningConfiguration=scanned)
    for tag in tags:
        config = {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": f"{name}:{tag}"}
        layers = [{"digest": f"sha256:{hashlib.sha256(f'{name}:{tag}'.encode()).hexdigest()}"}]
        manifest = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": layers})
        aws["ecr"].put_image(repositoryName=name, imageTag=tag, imageManifest=manifest)


def log_group(aws: Clients, name: str) -> None:
    aws["logs"].create_log_group(logGroupName=name)
    aws["logs"].put_retention_policy(logGroupName=name, retentionInDays=30)


def _role(aws: Clients, name: str, service: str, policy: str) -> None:
    trust = _trust({"Service": f"{service}.amazonaws.com"})
    aws["iam"].create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    aws["iam"].attach_role_policy(RoleName=name, PolicyArn=policy)


def trust_of_account(account: str) -> str:
    return _trust({"AWS": f"arn:aws:iam::{account}:root"})


def _trust(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _network(aws: Clients) -> Network:
    subnets = aws["ec2"].describe_subnets()["Subnets"]
    vpc = subnets[0]["VpcId"]
    balancer = _security_group(aws, vpc, "shop-balancer", "Web traffic to the shop's load balancer")
    tasks = _security_group(aws, vpc, "shop-tasks", "Traffic from the load balancer to the tasks")
    aws["ec2"].authorize_security_group_ingress(
        GroupId=balancer,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            for port in (80, 443)
        ],
    )
    aws["ec2"].authorize_security_group_ingress(
        GroupId=tasks,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": balancer}]}
        ],
    )
    return Network(vpc, [subnet["SubnetId"] for subnet in subnets], balancer, tasks)


def _security_group(aws: Clients, vpc: str, name: str, description: str) -> str:
    return str(aws["ec2"].create_security_group(GroupName=name, Description=description, VpcId=vpc)["GroupId"])
