"""Services and tasks to run: what ECS takes passes, what it refuses is refused at its place."""

from typing import Any

import pytest

from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.places import words_of
from services.documents.findings import launch, run_task_findings, service_findings
from services.documents.findings.parts import Launch, Part
from services.forms.service.declaration import SERVICE_FORM
from tests.services.documents.samples.refused_services import REFUSED_SERVICES
from tests.services.documents.samples.refused_traffic import REFUSED_TRAFFIC
from tests.services.documents.samples.services import (
    AWSVPC,
    BALANCER,
    BRIDGE,
    NETWORK,
    TAKEN,
    Document,
    connect,
    deployed,
    service,
    strategy,
)

REFUSED = {**REFUSED_SERVICES, **REFUSED_TRAFFIC}


def blocks(document: Any, definition: Document | None = None, **more: Any) -> list[Finding]:
    return [each for each in service_findings(document, definition, **more) if each.level is FindingLevel.BLOCK]


def says(findings: list[Finding], pointer: str, words: str) -> bool:
    return any(each.pointer == pointer and words in f"{each.what}. {each.why} {each.how}" for each in findings)


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
        service(**connect({"portName": "http", "clientAliases": [{"port": 80}]}, enabled=False)), BRIDGE,
        "/serviceConnectConfiguration/services", "no effect",
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
    ({"group": "service:web"}, "/group", "cannot begin with service:"),
    ({"startedBy": "a b"}, "/startedBy", "does not take"),
    ({"propagateTags": "SERVICE"}, "/propagateTags", "no service"),
    ({"launchType": "EC2", **strategy(("asg", 1, 0))}, "/launchType", "exclude"),
    ({"overrides": {"cpu": "512MB"}}, "/overrides/cpu", "not a CPU size"),
    ({"overrides": {"taskRoleArn": "arn:aws:iam::1:role/a"}}, "/overrides/taskRoleArn", "not the ARN"),
    ({"overrides": {"ephemeralStorage": {"sizeInGiB": 20}}}, "/overrides/ephemeralStorage/sizeInGiB", "21 to 200"),
    ({"overrides": {"containerOverrides": [{}]}}, "/overrides/containerOverrides/0/name", "does not name"),
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
        ("/loadBalancers/0/containerPort", "target group web > container port"),
        ("/deploymentConfiguration/lifecycleHooks/0/roleArn", "deployment configuration > hook 1 > role ARN"),
        ("/capacityProviderStrategy/0/weight", "capacity provider asg > weight"),
        (
            "/networkConfiguration/awsvpcConfiguration/subnets/0",
            "network configuration > awsvpc configuration > subnets 1",
        ),
    ],
)
def test_a_place_is_said_in_words(pointer: str, words: str) -> None:
    document = service(loadBalancers=[BALANCER], **strategy(("asg", 1, 0)), networkConfiguration=NETWORK) | {
        "deploymentConfiguration": {"lifecycleHooks": [{}]}
    }
    assert words_of(SERVICE_FORM.entries, document, pointer) == words


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
