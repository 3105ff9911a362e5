"""Task definitions: what ECS takes passes, what it refuses is refused at its place, and advice is advice."""

from copy import deepcopy
from typing import Any

import pytest

from ecsdash.aws.shapes import input_shape
from ecsdash.web.forms.document import model
from ecsdash.web.forms.document.findings import Finding, FindingLevel
from ecsdash.web.forms.document.places import words_of
from services.documents.findings import task_definition, task_definition_findings
from services.documents.findings.parts import Part
from services.forms.task_definition.declaration import TASK_DEFINITION
from tests.services.definitions import rich
from tests.services.documents.samples.advice import ADVICE
from tests.services.documents.samples.builders import base
from tests.services.documents.samples.refused_containers import REFUSED_CONTAINERS
from tests.services.documents.samples.refused_fargate import REFUSED_FARGATE
from tests.services.documents.samples.refused_tasks import REFUSED_TASKS
from tests.services.documents.samples.taken import TAKEN

REFUSED = {**REFUSED_TASKS, **REFUSED_CONTAINERS, **REFUSED_FARGATE}


def of_level(document: Any, level: FindingLevel) -> list[Finding]:
    return [each for each in task_definition_findings(document) if each.level is level]


def blocks(document: Any) -> list[Finding]:
    return of_level(document, FindingLevel.BLOCK)


def says(findings: list[Finding], pointer: str, words: str) -> bool:
    return any(each.pointer == pointer and words in f"{each.what}. {each.why} {each.how}" for each in findings)


@pytest.mark.parametrize("name", TAKEN)
def test_what_ecs_takes_is_not_refused(name: str) -> None:
    assert blocks(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_ecs_refuses_is_refused_at_its_place(name: str) -> None:
    document, pointer, words = REFUSED[name]
    assert says(blocks(document), pointer, words), blocks(document)


@pytest.mark.parametrize("name", ADVICE)
def test_what_often_goes_wrong_is_a_warning(name: str) -> None:
    document, pointer, words = ADVICE[name]
    assert says(of_level(document, FindingLevel.WARN), pointer, words), task_definition_findings(document)
    assert blocks(document) == []


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_said_twice_about_one_place(name: str) -> None:
    places = [each.pointer for each in blocks(REFUSED[name][0])]
    assert len(places) == len(set(places)), blocks(REFUSED[name][0])


@pytest.mark.parametrize("name", [*TAKEN, *REFUSED])
def test_the_document_is_not_changed(name: str) -> None:
    document = TAKEN.get(name) or REFUSED[name][0]
    before = deepcopy(document)
    task_definition_findings(document)
    assert document == before


def test_every_rule_has_a_document_that_breaks_it() -> None:
    shape = input_shape("ecs.register_task_definition")
    samples = [Part("", model.read(sample[0], shape).usable) for sample in (*REFUSED.values(), *ADVICE.values())]
    unbroken = {rule.name for rule in task_definition.RULES if not any(list(rule.check(each)) for each in samples)}
    assert unbroken == set()


def test_commands_may_contain_variables_of_the_shell() -> None:
    document = base({"command": ["sh", "-c", "echo ${HOME} < <(date)"], "entryPoint": ["{{ENTRY}}"]})
    assert not [each for each in task_definition_findings(document) if "placeholder" in each.what.lower()]


def test_a_hidden_value_is_never_quoted() -> None:
    secret = "s3cret-<NAME>"
    document = base(
        {"environment": [{"name": "A", "value": secret}], "command": [secret], "dockerLabels": {"a": secret},
         "logConfiguration": {"logDriver": "fluentd", "options": {"password": secret}}}
    )  # fmt: skip
    said = " ".join(f"{each.what} {each.why} {each.how}" for each in task_definition_findings(document))
    assert "placeholder is left" in said
    assert "s3cret" not in said
    assert "<NAME>" not in said


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("", ""),
        ("/cpu", "CPU"),
        ("/taskRoleArn", "task role ARN"),
        ("/containerDefinitions", "container definitions"),
        ("/containerDefinitions/0/healthCheck/command", "container web > health check > command"),
        ("/containerDefinitions/0/portMappings/0/name", "container web > port http > name"),
        ("/containerDefinitions/0/environment/1/value", "container web > variable TEXT > value"),
        ("/containerDefinitions/0/dependsOn/0", "container web > dependency proxy"),
        ("/containerDefinitions/9/image", "container 10 > image"),
        ("/containerDefinitions/0/command/1", "container web > command 2"),
        ("/containerDefinitions/0/dockerLabels/a~1b", "container web > docker labels > a/b"),
        (
            "/volumes/0/efsVolumeConfiguration/authorizationConfig/iam",
            "volume data > EFS volume configuration > authorization config > IAM",
        ),
        ("/requiresCompatibilities/0", "requires compatibilities 1"),
        ("/tags/0/key", "tag team > key"),
    ],
)
def test_a_place_is_said_in_words(pointer: str, words: str) -> None:
    assert words_of(TASK_DEFINITION.entries, rich(), pointer) == words
