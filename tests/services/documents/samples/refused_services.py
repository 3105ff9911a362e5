"""Services that ECS refuses: the document, the task definition, the place of the finding, and words of it."""

from typing import Any

from tests.services.definitions import ROLE
from tests.services.documents.samples.services import (
    AWSVPC,
    BALANCER,
    BRIDGE,
    FUNCTION,
    NETWORK,
    SHIFTED,
    Document,
    deployed,
    hook,
    service,
    strategy,
)

EARLY = {"enable": True, "healthyPercent": 50, "sourceServiceRevisionCleanup": "DEFERRED"}
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
    "early success of a canary": (
        service(**SHIFTED, **deployed("CANARY", earlySuccessCriteria=EARLY)), None,
        "/deploymentConfiguration/earlySuccessCriteria", "rolling updates",
    ),
    "early success below the minimum": (
        service(**deployed(minimumHealthyPercent=60, earlySuccessCriteria=EARLY)), None,
        "/deploymentConfiguration/earlySuccessCriteria/healthyPercent", "Enter 60 or more",
    ),
    "a daemon of CodeDeploy": (
        service(schedulingStrategy="DAEMON", desiredCount=None, deploymentController={"type": "CODE_DEPLOY"}), None,
        "/schedulingStrategy", "does not support daemons",
    ),
    "a daemon in blue and green": (
        service(schedulingStrategy="DAEMON", desiredCount=None, **deployed("BLUE_GREEN", bakeTimeInMinutes=1)), None,
        "/deploymentConfiguration/strategy", "Choose ROLLING",
    ),
    "alarms of CodeDeploy": (
        service(loadBalancers=[BALANCER], deploymentController={"type": "CODE_DEPLOY"}, deploymentConfiguration={
            "alarms": {"enable": True, "rollback": True, "alarmNames": ["errors"]}}), None,
        "/deploymentConfiguration/alarms", "no deployment alarms",
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
    "a tag of AWS": (service(tags=[{"key": "aws:a", "value": "b"}]), None, "/tags/0/key", "aws:"),
    "51 tags": (service(tags=[{"key": f"k{n}"} for n in range(51)]), None, "/tags", "at most 50"),
}  # fmt: skip
