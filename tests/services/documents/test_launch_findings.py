"""Services and tasks to run: what ECS takes passes, what it refuses is refused at its place."""

from typing import Any

import pytest

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from services.documents.findings import launch, place_in_words, run_task_findings, service_findings
from services.documents.findings.parts import Launch, Part
from tests.services.definitions import ROLE, container, fargate

Document = dict[str, Any]
TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/0123456789abcdef"
OTHER_TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/green/0123456789abcdef"
RULE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/web/0123/4567/89ab"
REGISTRY = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:check"
LATTICE = "arn:aws:vpc-lattice:eu-central-1:123456789012:targetgroup/tg-1"
WEB = container(portMappings=[{"containerPort": 80, "name": "http"}, {"containerPortRange": "8000-8010"}])
AWSVPC = fargate(WEB, requiresCompatibilities=["EC2", "FARGATE"], taskRoleArn=ROLE)
BRIDGE = {"family": "web", "containerDefinitions": [WEB]}
WITH_VOLUME = {**BRIDGE, "volumes": [{"name": "data", "configuredAtLaunch": True}]}
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
BALANCER = {"targetGroupArn": TARGETS, "containerName": "web", "containerPort": 80}
ADVANCED = {"alternateTargetGroupArn": OTHER_TARGETS, "productionListenerRule": RULE, "roleArn": ROLE}
SHIFTED = {"loadBalancers": [{**BALANCER, "advancedConfiguration": ADVANCED}]}


def service(**more: Any) -> Document:
    """A service on instances without a network interface of its own."""
    return {
        "serviceName": "web",
        "taskDefinition": "web:1",
        "desiredCount": 2,
        "deploymentConfiguration": BREAKER,
    } | more


def deployed(_strategy: str = "ROLLING", **more: Any) -> Document:
    return {"deploymentConfiguration": {**BREAKER, "strategy": _strategy, **more}}


def strategy(*items: tuple[str, int, int]) -> Document:
    return {"capacityProviderStrategy": [{"capacityProvider": p, "weight": w, "base": b} for p, w, b in items]}


def connect(*services: Document, **more: Any) -> Document:
    return {"serviceConnectConfiguration": {"enabled": True, "services": list(services), **more}}


def ebs(**more: Any) -> Document:
    return {"volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": ROLE, "sizeInGiB": 20, **more}}]}


def hook(**more: Any) -> Document:
    stages = {"lifecycleStages": ["POST_SCALE_UP"]}
    return SHIFTED | deployed("BLUE_GREEN", bakeTimeInMinutes=5, lifecycleHooks=[{**stages, **more}])


def blocks(document: Any, definition: Document | None = None, **more: Any) -> list[Finding]:
    return [each for each in service_findings(document, definition, **more) if each.level is FindingLevel.BLOCK]


def says(findings: list[Finding], pointer: str, words: str) -> bool:
    return any(each.pointer == pointer and words in f"{each.what}. {each.why} {each.how}" for each in findings)


TAKEN: dict[str, tuple[Document, Document | None]] = {
    "a service on instances": (service(launchType="EC2"), BRIDGE),
    "a service on Fargate": (service(launchType="FARGATE", networkConfiguration=NETWORK), AWSVPC),
    "a service of an unknown definition": (service(networkConfiguration=NETWORK), None),
    "no launch type": (service(), BRIDGE),
    "a strategy": (
        service(**strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 4, 0)), networkConfiguration=NETWORK), AWSVPC),
    "one provider of weight 0": (service(**strategy(("asg", 0, 0))), BRIDGE),
    "the ARN of a task definition": (
        service(taskDefinition="arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1"), BRIDGE),
    "the latest revision": (service(taskDefinition="web"), BRIDGE),
    "a daemon": (service(schedulingStrategy="DAEMON", desiredCount=None), BRIDGE),
    "nothing running": (service(desiredCount=0), BRIDGE),
    "null for a load balancer": (service(loadBalancers=None, role=None), BRIDGE),
    "two target groups": (service(loadBalancers=[BALANCER, {**BALANCER, "targetGroupArn": OTHER_TARGETS}]), BRIDGE),
    "a port of a range": (service(loadBalancers=[{**BALANCER, "containerPort": 8005}]), BRIDGE),
    "a role of a load balancer": (service(loadBalancers=[BALANCER], role="ecsServiceRole"), BRIDGE),
    "0 and 100 percent": (service(**deployed(minimumHealthyPercent=0, maximumPercent=100)), BRIDGE),
    "a canary": (service(**SHIFTED, **deployed("CANARY", canaryConfiguration={"canaryPercent": 0.1})), BRIDGE),
    "steps": (service(**SHIFTED, **deployed("LINEAR", linearConfiguration={"stepPercent": 33.3})), BRIDGE),
    "a blue/green deployment of a worker": (service(**deployed("BLUE_GREEN", bakeTimeInMinutes=0)), BRIDGE),
    "a pause": (service(**hook(targetType="PAUSE")), BRIDGE),
    "a function": (service(**hook(hookTargetArn=FUNCTION, roleArn=ROLE, hookDetails={"any": ["json"]})), BRIDGE),
    "Service Connect": (service(**connect({"portName": "http", "clientAliases": [{"port": 80, "dnsName": "web"}]})),
                        BRIDGE),
    "Service Connect as a client": (service(**connect()), BRIDGE),
    "a volume": (service(**ebs(volumeType="gp3", throughput=250, iops=3000)), WITH_VOLUME),
    "a volume of a snapshot": (service(**ebs(sizeInGiB=None, snapshotId="snap-1")), WITH_VOLUME),
    "50 tags": (service(tags=[{"key": f"k{n}"} for n in range(50)]), BRIDGE),
    "CodeDeploy": (service(loadBalancers=[BALANCER], deploymentController={"type": "CODE_DEPLOY"},
                           deploymentConfiguration=None), BRIDGE),
    "an external controller": (service(taskDefinition=None, deploymentController={"type": "EXTERNAL"},
                                       deploymentConfiguration=None), None),
    "VPC Lattice": (
        service(vpcLatticeConfigurations=[{"portName": "http", "roleArn": ROLE, "targetGroupArn": LATTICE}]), BRIDGE),
}  # fmt: skip

REFUSED: dict[str, tuple[Any, Document | None, str, str]] = {
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
    "spreading over nothing": (service(placementStrategy=[{"type": "spread"}]), None, "/placementStrategy/0/field",
                               "needs a field"),
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
    "a canary of CodeDeploy": (
        service(**SHIFTED, **deployed("CANARY"), deploymentController={"type": "CODE_DEPLOY"}), None,
        "/deploymentConfiguration/strategy", "CODE_DEPLOY",
    ),
    "a volume that is not open": (service(**ebs()), BRIDGE, "/volumeConfigurations/0/name", "no volume data"),
    "a volume left open": (service(), WITH_VOLUME, "/volumeConfigurations", "The volume data is not configured"),
    "a volume without size": (
        service(**ebs(sizeInGiB=None)), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/sizeInGiB", "no size"
    ),
    "a small disk": (
        service(**ebs(volumeType="st1")), WITH_VOLUME, "/volumeConfigurations/0/managedEBSVolume/sizeInGiB", "125 to"
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


@pytest.mark.parametrize("name", TAKEN)
def test_a_service_that_ecs_takes_is_not_refused(name: str) -> None:
    assert blocks(*TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_service_that_ecs_refuses_is_refused_at_its_place(name: str) -> None:
    document, definition, pointer, words = REFUSED[name]
    found = blocks(document, definition)
    assert says(found, pointer, words), found
    assert len({each.pointer for each in found}) == len(found)


ADVICE: list[tuple[Document, Document, str, str]] = [
    (service(enableExecuteCommand=True), BRIDGE, "/enableExecuteCommand", "no task role"),
    (service(healthCheckGracePeriodSeconds=30), BRIDGE, "/healthCheckGracePeriodSeconds", "no effect"),
    (
        service(deploymentConfiguration=None), BRIDGE, "/deploymentConfiguration/deploymentCircuitBreaker/enable",
        "off",
    ),
    (service(**deployed("BLUE_GREEN")), BRIDGE, "/deploymentConfiguration/bakeTimeInMinutes", "no bake time"),
    (service(cluster="<CLUSTER>"), BRIDGE, "/cluster", "placeholder <CLUSTER>"),
    (
        service(**connect({"portName": "http"}, enabled=False)), BRIDGE, "/serviceConnectConfiguration/services",
        "no effect",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "definition", "pointer", "words"), ADVICE)
def test_what_often_goes_wrong_is_a_warning(document: Document, definition: Document, pointer: str, words: str) -> None:
    assert blocks(document, definition) == []
    assert says(service_findings(document, definition), pointer, words)


@pytest.mark.parametrize(
    "document",
    [
        {"service": "web"},
        {"service": "web", "forceNewDeployment": True},
        {"service": "web", **deployed(maximumPercent=100)},
        {"service": "web", "deploymentConfiguration": {"canaryConfiguration": {"canaryPercent": 10}}},
        {"service": "web", "volumeConfigurations": []},
    ],
)
def test_an_update_keeps_what_it_does_not_say(document: Document) -> None:
    assert blocks(document, AWSVPC, call="ecs.update_service") == []


def test_an_update_is_compared_with_its_own_members() -> None:
    found = blocks({"service": "web", "launchType": "EC2"}, BRIDGE, call="ecs.update_service")
    assert [each.pointer for each in found] == ["/launchType"]


TASK = {"taskDefinition": "web:1", "cluster": "shop", "count": 1}


REFUSED_TASKS: list[tuple[Document, str, str]] = [
    ({"count": 11}, "/count", "1 to 10"),
    ({"count": 0}, "/count", "1 to 10"),
    ({"startedBy": "a b"}, "/startedBy", "does not take"),
    ({"propagateTags": "SERVICE"}, "/propagateTags", "no service"),
    ({"launchType": "EC2", **strategy(("asg", 1, 0))}, "/launchType", "exclude"),
    ({"overrides": {"cpu": "512MB"}}, "/overrides/cpu", "not a CPU size"),
    ({"overrides": {"taskRoleArn": "arn:aws:iam::1:role/a"}}, "/overrides/taskRoleArn", "not the ARN"),
    ({"overrides": {"containerOverrides": [{"name": "db"}]}}, "/overrides/containerOverrides/0/name", "web"),
    ({"overrides": {"containerOverrides": [{"name": "web"}] * 2}}, "/overrides/containerOverrides/0/name", "twice"),
    ({"overrides": {"containerOverrides": [{"name": "web", "command": ["x" * 9000]}]}}, "/overrides", "8192"),
]


@pytest.mark.parametrize(("more", "pointer", "words"), REFUSED_TASKS)
def test_a_task_that_ecs_refuses_is_refused_at_its_place(more: Document, pointer: str, words: str) -> None:
    found = [each for each in run_task_findings({**TASK, **more}, BRIDGE) if each.level is FindingLevel.BLOCK]
    assert says(found, pointer, words), found


def test_a_task_that_ecs_takes_is_not_refused() -> None:
    overrides = {"containerOverrides": [{"name": "web", "command": ["run"], "cpu": 64}], "cpu": ".5 vCPU"}
    assert run_task_findings({**TASK, "overrides": overrides, "launchType": "EC2"}, BRIDGE) == []


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/loadBalancers/0/containerPort", "load balancer of web > container port"),
        ("/deploymentConfiguration/lifecycleHooks/0/roleArn", "deployment configuration > lifecycle hook 1 > role ARN"),
        ("/capacityProviderStrategy/0/weight", "capacity provider asg > weight"),
        ("/networkConfiguration/awsvpcConfiguration/subnets/0", "network configuration > network > subnet 1"),
    ],
)
def test_a_place_is_said_in_words(pointer: str, words: str) -> None:
    document = service(loadBalancers=[BALANCER], **strategy(("asg", 1, 0)), networkConfiguration=NETWORK) | {
        "deploymentConfiguration": {"lifecycleHooks": [{}]}
    }
    assert place_in_words(document, pointer) == words


def test_every_rule_has_a_document_that_breaks_it() -> None:
    samples = [(document, definition) for document, definition, _, _ in (*REFUSED.values(), *ADVICE)]
    samples += [({**TASK, **more}, BRIDGE) for more, _, _ in REFUSED_TASKS]
    launches = [
        Launch("", {name: value for name, value in document.items() if value is not None},
               Part("", definition) if definition else None)
        for document, definition in samples
    ]  # fmt: skip
    unbroken = {
        rule.name for rule in {*launch.SERVICE, *launch.TASK} if not any(list(rule.check(each)) for each in launches)
    }
    assert unbroken == set()
