"""Services that ECS refuses because of their load balancers, discovery or volumes."""

from typing import Any

from tests.services.definitions import ROLE
from tests.services.documents.samples.services import (
    ADVANCED,
    AWSVPC,
    BALANCER,
    BRIDGE,
    LATTICE,
    NETWORK,
    OTHER_TARGETS,
    REGISTRY,
    TARGETS,
    WITH_VOLUME,
    Document,
    connect,
    deployed,
    ebs,
    service,
)

REFUSED_TRAFFIC: dict[str, tuple[Any, Document | None, str, str]] = {
    "a role in awsvpc": (
        service(role="ecsServiceRole", loadBalancers=[BALANCER], networkConfiguration=NETWORK), AWSVPC, "/role",
        "awsvpc",
    ),
    "a role of nothing": (service(role="ecsServiceRole"), BRIDGE, "/role", "needs a load balancer"),
    "a role of two": (
        service(role="r", loadBalancers=[BALANCER, {**BALANCER, "targetGroupArn": OTHER_TARGETS}]), BRIDGE, "/role",
        "one",
    ),
    "no target group": (
        service(loadBalancers=[{"containerName": "web", "containerPort": 80}]), None, "/loadBalancers/0/targetGroupArn",
        "no target group",
    ),
    "a target group by its name": (
        service(loadBalancers=[{**BALANCER, "targetGroupArn": "web"}]), None, "/loadBalancers/0/targetGroupArn", "ARN"
    ),
    "a container that is not there": (
        service(loadBalancers=[{**BALANCER, "containerName": "db"}]), BRIDGE, "/loadBalancers/0/containerName", "web"
    ),
    "a port that is not there": (
        service(loadBalancers=[{**BALANCER, "containerPort": 81}]), BRIDGE, "/loadBalancers/0/containerPort",
        "no port 81",
    ),
    "a target group twice": (
        service(loadBalancers=[BALANCER, BALANCER]), BRIDGE, "/loadBalancers/0/targetGroupArn", "twice"
    ),
    "six target groups": (
        service(loadBalancers=[{**BALANCER, "targetGroupArn": f"{TARGETS}{n}"} for n in range(6)]), BRIDGE,
        "/loadBalancers", "at most 5",
    ),
    "blue/green without a second group": (
        service(loadBalancers=[BALANCER], **deployed("BLUE_GREEN", bakeTimeInMinutes=1)), BRIDGE,
        "/loadBalancers/0/advancedConfiguration/alternateTargetGroupArn", "BLUE_GREEN needs",
    ),
    "a listener by its name": (
        service(loadBalancers=[{**BALANCER, "advancedConfiguration": {**ADVANCED, "productionListenerRule": "web"}}]),
        BRIDGE, "/loadBalancers/0/advancedConfiguration/productionListenerRule", "not an ARN",
    ),
    "a lattice by its name": (
        service(vpcLatticeConfigurations=[{"portName": "http", "roleArn": ROLE, "targetGroupArn": "web"}]), BRIDGE,
        "/vpcLatticeConfigurations/0/targetGroupArn", "not the ARN",
    ),
    "a canary without traffic": (
        service(**deployed("CANARY")), BRIDGE, "/deploymentConfiguration/strategy", "shifts traffic"
    ),
    "two registries": (
        service(serviceRegistries=[{"registryArn": REGISTRY}] * 2, networkConfiguration=NETWORK), AWSVPC,
        "/serviceRegistries/1", "one service registry",
    ),
    "a registry in bridge mode": (
        service(serviceRegistries=[{"registryArn": REGISTRY}]), BRIDGE, "/serviceRegistries/0/containerName", "needs"
    ),
    "a negative grace period": (
        service(healthCheckGracePeriodSeconds=-1), None, "/healthCheckGracePeriodSeconds", "0 to"
    ),
    "a port without name": (
        service(**connect({"portName": "web"})), BRIDGE, "/serviceConnectConfiguration/services/0/portName", "http"
    ),
    "Service Connect in host mode": (
        service(**connect()), {**BRIDGE, "networkMode": "host"}, "/serviceConnectConfiguration/enabled", "host"
    ),
    "a discovery name in capitals": (
        service(**connect({"portName": "http", "discoveryName": "Web"})), BRIDGE,
        "/serviceConnectConfiguration/services/0/discoveryName", "lower-case",
    ),
    "no alias": (
        service(**connect({"portName": "http"})), BRIDGE, "/serviceConnectConfiguration/services/0/clientAliases",
        "no client alias",
    ),
    "two aliases": (
        service(**connect({"portName": "http", "clientAliases": [{"port": 80}, {"port": 81}]})), BRIDGE,
        "/serviceConnectConfiguration/services/0/clientAliases/1", "one client alias",
    ),
    "a malformed role": (service(role="arn:aws:iam::1:role/a"), BRIDGE, "/role", "not the ARN"),
    "a group and a name": (
        service(loadBalancers=[{**BALANCER, "loadBalancerName": "classic"}]), None, "/loadBalancers/0/loadBalancerName",
        "exclude each other",
    ),
    "a balancer without port": (
        service(loadBalancers=[{**BALANCER, "containerPort": None}]), None, "/loadBalancers/0/containerPort",
        "no containerPort",
    ),
    "a malformed role of a balancer": (
        service(loadBalancers=[
            {**BALANCER, "advancedConfiguration": {**ADVANCED, "roleArn": "arn:aws:iam::1:role/a"}}]), None,
        "/loadBalancers/0/advancedConfiguration/roleArn", "not the ARN",
    ),
    "a registry by its name": (
        service(serviceRegistries=[{"registryArn": "web"}]), None, "/serviceRegistries/0/registryArn", "not the ARN"
    ),
    "a registry of a large port": (
        service(serviceRegistries=[{"registryArn": REGISTRY, "port": 65536}]), None, "/serviceRegistries/0/port",
        "1 to 65535",
    ),
    "a registry of another container": (
        service(serviceRegistries=[{"registryArn": REGISTRY, "containerName": "db", "containerPort": 80}]), BRIDGE,
        "/serviceRegistries/0/containerName", "no container db",
    ),
    "two ports of one discovery name": (
        service(**connect(*[{"portName": "http", "clientAliases": [{"port": 80}]}] * 2)), BRIDGE,
        "/serviceConnectConfiguration/services/0/discoveryName", "discovered as http",
    ),
    "an alias in capitals": (
        service(**connect({"portName": "http", "clientAliases": [{"port": 80, "dnsName": "Web"}]})), BRIDGE,
        "/serviceConnectConfiguration/services/0/clientAliases/0/dnsName", "not a DNS name",
    ),
    "TLS without authority": (
        service(**connect({"portName": "http", "clientAliases": [{"port": 80}],
                           "tls": {"issuerCertificateAuthority": {}, "roleArn": ROLE}})), BRIDGE,
        "/serviceConnectConfiguration/services/0/tls/issuerCertificateAuthority/awsPcaAuthorityArn", "private",
    ),
    "a malformed role of a lattice": (
        service(vpcLatticeConfigurations=[
            {"portName": "http", "roleArn": "arn:aws:iam::1:role/a", "targetGroupArn": LATTICE}]), BRIDGE,
        "/vpcLatticeConfigurations/0/roleArn", "not the ARN",
    ),
    "a volume that is not open": (service(**ebs()), BRIDGE, "/volumeConfigurations/0/name", "no volume data"),
    "a volume left open": (service(), WITH_VOLUME, "/volumeConfigurations", "The volume data is not configured"),
    "a volume of nothing": (
        service(volumeConfigurations=[{"name": "data"}]), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume",
        "no configuration",
    ),
    "a volume without size": (
        service(**ebs(sizeInGiB=None)), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/sizeInGiB", "no size"
    ),
    "a small disk": (
        service(**ebs(volumeType="st1")), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/sizeInGiB", "125 to"
    ),
    "an unknown disk": (
        service(**ebs(volumeType="gp9")), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/volumeType", "gp2"
    ),
    "a malformed role of a disk": (
        service(**ebs(roleArn="arn:aws:iam::1:role/a")), WITH_VOLUME,
        "/volumeConfigurations/0/managedEBSVolume/roleArn", "not the ARN",
    ),
    "an initialization rate without snapshot": (
        service(**ebs(volumeInitializationRate=100)), WITH_VOLUME,
        "/volumeConfigurations/0/managedEBSVolume/volumeInitializationRate", "needs a snapshot",
    ),
    "few IOPS": (
        service(**ebs(iops=100)), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/iops", "3000 to 16000"
    ),
    "IOPS of st1": (
        service(**ebs(volumeType="st1", sizeInGiB=125, iops=100)), WITH_VOLUME,
        "/volumeConfigurations/0/managedEBSVolume/iops", "has no IOPS",
    ),
    "much throughput": (
        service(**ebs(throughput=1001)), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/throughput",
        "125 to 1000",
    ),
    "io2 without IOPS": (
        service(**ebs(volumeType="io2")), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/iops", "requires IOPS"
    ),
    "throughput of gp2": (
        service(**ebs(volumeType="gp2", throughput=200)), WITH_VOLUME,
        "/volumeConfigurations/0/managedEBSVolume/throughput", "Only gp3",
    ),
}  # fmt: skip
