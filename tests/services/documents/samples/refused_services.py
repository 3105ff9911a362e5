"""Services that ECS refuses: the document, the task definition, the place of the finding, and words of it."""

from typing import Any

from tests.services.definitions import ROLE
from tests.services.documents.samples.services import (
    ADVANCED,
    AWSVPC,
    BALANCER,
    BRIDGE,
    FUNCTION,
    NETWORK,
    OTHER_TARGETS,
    REGISTRY,
    SHIFTED,
    TARGETS,
    WITH_VOLUME,
    Document,
    connect,
    deployed,
    ebs,
    hook,
    service,
    strategy,
)

REFUSED_SERVICES: dict[str, tuple[Any, Document | None, str, str]] = {
    "a misspelt member": (service(launchtype="EC2"), None, "/launchtype", "Write launchType"),
    "a strategy in lower case": (service(**deployed("rolling")), None, "/deploymentConfiguration/strategy", "ROLLING"),
    "no name": ({"taskDefinition": "web"}, None, "/serviceName", "serviceName is missing"),
    "a name with a blank": (service(serviceName="a b"), None, "/serviceName", "does not take"),
    "no task definition": (service(taskDefinition=None), None, "/taskDefinition", "no task definition"),
    "a malformed task definition": (service(taskDefinition="arn:aws:ecs:web"), None, "/taskDefinition", "not a task"),
    "no number of tasks": (service(desiredCount=None), None, "/desiredCount", "missing"),
    "a negative number": (service(desiredCount=-1), None, "/desiredCount", "0 or more"),
    "launch type and strategy": (
        service(launchType="EC2", **strategy(("asg", 1, 0))), None, "/launchType", "exclude each other"
    ),
    "Managed Instances by launch type": (
        service(launchType="MANAGED_INSTANCES"), None, "/launchType", "capacity provider"
    ),
    "only weights of 0": (service(**strategy(("a", 0, 1), ("b", 0, 0))), None, "/capacityProviderStrategy", "weight 0"),
    "two bases": (service(**strategy(("a", 1, 1), ("b", 1, 1))), None, "/capacityProviderStrategy/1/base", "one"),
    "Fargate among instances": (
        service(**strategy(("FARGATE", 1, 0), ("asg", 1, 0))), None, "/capacityProviderStrategy", "mixes Fargate"
    ),
    "a provider twice": (
        service(**strategy(("a", 1, 0), ("a", 1, 0))), None, "/capacityProviderStrategy/0/capacityProvider", "twice"
    ),
    "a launch type that does not fit": (service(launchType="FARGATE"), {**BRIDGE, "requiresCompatibilities": ["EC2"]},
                                        "/launchType", "does not run on FARGATE"),
    "a platform version on instances": (
        service(launchType="EC2", platformVersion="LATEST"), BRIDGE, "/platformVersion", "no platform version"
    ),
    "awsvpc without a network": (
        service(), AWSVPC, "/networkConfiguration/awsvpcConfiguration/subnets", "requires a network configuration"
    ),
    "a network in bridge mode": (service(networkConfiguration=NETWORK), BRIDGE, "/networkConfiguration", "bridge"),
    "no subnet": (
        service(networkConfiguration={"awsvpcConfiguration": {"subnets": []}}), AWSVPC,
        "/networkConfiguration/awsvpcConfiguration/subnets", "no subnet",
    ),
    "a public address on instances": (
        service(launchType="EC2", networkConfiguration={"awsvpcConfiguration": {
            "subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}), AWSVPC,
        "/networkConfiguration/awsvpcConfiguration/assignPublicIp", "Fargate only",
    ),
    "six security groups": (
        service(networkConfiguration={"awsvpcConfiguration": {
            "subnets": ["subnet-1"], "securityGroups": ["sg-1"] * 6}}), AWSVPC,
        "/networkConfiguration/awsvpcConfiguration/securityGroups", "at most 5",
    ),
    "placement on Fargate": (
        service(launchType="FARGATE", placementStrategy=[{"type": "random"}]), None, "/placementStrategy", "Fargate"
    ),
    "21 providers": (
        service(**strategy(*((f"p{n}", 1, 0) for n in range(21)))), None, "/capacityProviderStrategy", "at most 20"
    ),
    "six placement strategies": (
        service(placementStrategy=[{"type": "random"}] * 6), None, "/placementStrategy", "at most 5"
    ),
    "constraints with those of the definition": (
        service(placementConstraints=[{"type": "distinctInstance"}] * 10),
        {**BRIDGE, "placementConstraints": [{"type": "memberOf", "expression": "a"}]}, "/placementConstraints",
        "including those of the task definition",
    ),
    "a random field": (
        service(placementStrategy=[{"type": "random", "field": "cpu"}]), None, "/placementStrategy/0/field", "no field"
    ),
    "a strategy without type": (service(placementStrategy=[{}]), None, "/placementStrategy/0/type", "no type"),
    "a constraint without expression": (
        service(placementConstraints=[{"type": "memberOf"}]), None, "/placementConstraints/0/expression",
        "needs an expression",
    ),
    "a constraint without type": (service(placementConstraints=[{}]), None, "/placementConstraints/0/type", "no type"),
    "spreading over nothing": (service(placementStrategy=[{"type": "spread"}]), None, "/placementStrategy/0/field",
                               "needs a field of the instances"),
    "packing by name": (service(placementStrategy=[{"type": "binpack", "field": "name"}]), None,
                        "/placementStrategy/0/field", "cpu or memory"),
    "a distinct expression": (
        service(placementConstraints=[{"type": "distinctInstance", "expression": "a"}]), None,
        "/placementConstraints/0/expression", "no expression",
    ),
    "100 and 100 percent": (
        service(**deployed(minimumHealthyPercent=100, maximumPercent=100)), None,
        "/deploymentConfiguration/minimumHealthyPercent", "neither stop nor start",
    ),
    "100 percent by default": (
        service(**deployed(maximumPercent=100)), None, "/deploymentConfiguration/maximumPercent", "neither stop"
    ),
    "201 percent": (service(**deployed(maximumPercent=201)), None, "/deploymentConfiguration/maximumPercent", "200 %"),
    "101 percent": (
        service(**deployed(minimumHealthyPercent=101)), None, "/deploymentConfiguration/minimumHealthyPercent",
        "0 to 100",
    ),
    "a daemon with a number": (service(schedulingStrategy="DAEMON"), None, "/desiredCount", "no number"),
    "a daemon on Fargate": (
        service(schedulingStrategy="DAEMON", desiredCount=None, launchType="FARGATE"), None, "/launchType", "instances"
    ),
    "a daemon with a strategy": (
        service(schedulingStrategy="DAEMON", desiredCount=None, placementStrategy=[{"type": "random"}]), None,
        "/placementStrategy", "no placement strategy",
    ),
    "a daemon of 200 percent": (
        service(schedulingStrategy="DAEMON", desiredCount=None, **deployed(maximumPercent=200)), None,
        "/deploymentConfiguration/maximumPercent", "100 %",
    ),
    "spreading over the name": (service(placementStrategy=[{"type": "spread", "field": "name"}]), None,
                                "/placementStrategy/0/field", "attribute:"),
    "a rebalanced daemon": (
        service(schedulingStrategy="DAEMON", desiredCount=None, availabilityZoneRebalancing="ENABLED"), None,
        "/availabilityZoneRebalancing", "daemons",
    ),
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
    "a long bake time": (
        service(**deployed("BLUE_GREEN", bakeTimeInMinutes=1441)), None, "/deploymentConfiguration/bakeTimeInMinutes",
        "0 to 1440",
    ),
    "a small step": (
        service(**SHIFTED, **deployed("LINEAR", linearConfiguration={"stepPercent": 2.9})), None,
        "/deploymentConfiguration/linearConfiguration/stepPercent", "3.0 to 100.0",
    ),
    "a fine step": (
        service(**SHIFTED, **deployed("CANARY", canaryConfiguration={"canaryPercent": 5.25})), None,
        "/deploymentConfiguration/canaryConfiguration/canaryPercent", "steps of 0.1",
    ),
    "a long canary": (
        service(**SHIFTED, **deployed("CANARY", canaryConfiguration={"canaryBakeTimeInMinutes": 1441})), None,
        "/deploymentConfiguration/canaryConfiguration/canaryBakeTimeInMinutes", "0 to 1440",
    ),
    "steps of another strategy": (
        service(**deployed("ROLLING", linearConfiguration={})), None, "/deploymentConfiguration/linearConfiguration",
        "LINEAR",
    ),
    "hooks of a rolling update": (
        service(**deployed(lifecycleHooks=[{"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}])), None,
        "/deploymentConfiguration/lifecycleHooks", "no lifecycle hooks",
    ),
    "a hook without function": (
        service(**hook(roleArn=ROLE)), None, "/deploymentConfiguration/lifecycleHooks/0/hookTargetArn", "Lambda"
    ),
    "a hook without role": (
        service(**hook(hookTargetArn=FUNCTION)), None, "/deploymentConfiguration/lifecycleHooks/0/roleArn", "no role"
    ),
    "a pause of a function": (
        service(**hook(targetType="PAUSE", hookTargetArn=FUNCTION)), None,
        "/deploymentConfiguration/lifecycleHooks/0/hookTargetArn", "PAUSE",
    ),
    "a hook without stage": (
        service(**hook(targetType="PAUSE", lifecycleStages=[])), None,
        "/deploymentConfiguration/lifecycleHooks/0/lifecycleStages", "no lifecycle stage",
    ),
    "a timeout of zero": (
        service(**hook(targetType="PAUSE", timeoutConfiguration={"timeoutInMinutes": 0})), None,
        "/deploymentConfiguration/lifecycleHooks/0/timeoutConfiguration/timeoutInMinutes", "at least 1",
    ),
    "alarms without alarm": (
        service(**deployed(alarms={"enable": True, "rollback": True, "alarmNames": []})), None,
        "/deploymentConfiguration/alarms/alarmNames", "there is none",
    ),
    "a threshold of 101 percent": (
        service(deploymentConfiguration={"deploymentCircuitBreaker": {
            "enable": True, "rollback": True, "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 101}}}),
        None, "/deploymentConfiguration/deploymentCircuitBreaker/thresholdConfiguration/value", "1 to 100",
    ),
    "early success without percentage": (
        service(**deployed(earlySuccessCriteria={"enable": True})), None,
        "/deploymentConfiguration/earlySuccessCriteria/healthyPercent", "need healthyPercent",
    ),
    "a breaker of CodeDeploy": (
        service(deploymentController={"type": "CODE_DEPLOY"}, loadBalancers=[BALANCER]), None,
        "/deploymentConfiguration/deploymentCircuitBreaker/enable", "no circuit breaker",
    ),
    "CodeDeploy without traffic": (
        service(deploymentController={"type": "CODE_DEPLOY"}), None, "/loadBalancers", "requires a load balancer"
    ),
    "a canary of CodeDeploy": (
        service(**SHIFTED, **deployed("CANARY"), deploymentController={"type": "CODE_DEPLOY"}), None,
        "/deploymentConfiguration/strategy", "CODE_DEPLOY",
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
    "a tag of AWS": (service(tags=[{"key": "aws:a", "value": "b"}]), None, "/tags/0/key", "aws:"),
    "51 tags": (service(tags=[{"key": f"k{n}"} for n in range(51)]), None, "/tags", "at most 50"),
}  # fmt: skip
