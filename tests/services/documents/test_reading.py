"""Texts that people have become documents: nothing is lost or changed without a note."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsdash.aws import shapes
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.kinds import DocumentKind
from services.documents.reading import Options, read
from services.documents.reading.source import MOST_CHARACTERS

WEB = {"name": "web", "image": "demo/web:1", "memory": 128}
TASK = {"family": "f", "containerDefinitions": [WEB]}
SERVICE = {"serviceName": "s", "taskDefinition": "f:3", "desiredCount": 2}
DESCRIBED = {
    **TASK,
    "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/f:3",
    "revision": 3,
    "status": "ACTIVE",
    "compatibilities": ["EC2"],
    "requiresAttributes": [],
    "registeredAt": 1.0,
    "registeredBy": "me",
    "volumes": [],
    "placementConstraints": [],
}


def only(text: str, **options: Any) -> dict[str, Any]:
    """Return the content of the only document in the text."""
    found = read(text, Options(**options))
    assert len(found.documents) == 1, [note.what for note in found.notes]
    return found.documents[0].content


def refusal(text: str) -> str:
    found = read(text)
    assert found.documents == ()
    (note,) = found.notes
    assert note.level is FindingLevel.BLOCK
    return note.what


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TASK),
        json.dumps(TASK, indent=2).replace("\n", "\r\n"),
        "\ufeff" + json.dumps(TASK),
        json.dumps({"taskDefinition": DESCRIBED, "tags": []}),
        json.dumps(DESCRIBED),
        "$ aws ecs describe-task-definition --task-definition f\n" + json.dumps({"taskDefinition": DESCRIBED}) + "\n$ ",
        "aws ecs register-task-definition --cli-input-json '" + json.dumps(TASK) + "'",
        json.dumps({**TASK, "volumes": None, "tags": []}),
        json.dumps(
            {**TASK, "containerDefinitions": [{**WEB, "ulimits": None, "environment": [], "linuxParameters": {}}]}
        ),
        "family: f\ncontainerDefinitions:\n  - {name: web, image: demo/web:1, memory: 128}\n",
    ],
    ids=[
        "register",
        "windows lines",
        "byte-order mark",
        "describe wrapped",
        "describe",
        "after a prompt",
        "in a command",
        "nulls",
        "empty members",
        "yaml",
    ],
)
def test_a_task_definition_is_read(text: str) -> None:
    assert only(text) == TASK


def test_containers_alone_are_a_task_definition_without_family() -> None:
    found = read(json.dumps([WEB]))
    assert found.documents[0].content == {"containerDefinitions": [WEB]}
    assert [note.what for note in found.notes] == ["The task definition has no family."]


def test_values_arrive_as_they_were_written() -> None:
    odd = {
        **WEB,
        "command": ["sh", "-c", "a\nb\r\nc  "],
        "environment": [{"name": "A", "value": ""}, {"name": "A", "value": " "}],
    }
    assert only(json.dumps({**TASK, "containerDefinitions": [odd]}))["containerDefinitions"] == [odd]


def test_unknown_members_are_kept_for_the_validation() -> None:
    assert only(json.dumps({**TASK, "launchTypes": ["x"]}))["launchTypes"] == ["x"]


def test_members_that_ecs_sets_are_named_in_a_note() -> None:
    notes = [note.what for note in read(json.dumps(DESCRIBED)).notes]
    assert notes[0].startswith("7 members were left out: compatibilities, registeredAt, registeredBy")
    assert notes[1] == "2 members without a value were left out."


def test_described_services_become_parameters_of_create_service() -> None:
    described = {
        **SERVICE,
        "serviceArn": "a",
        "clusterArn": "c",
        "status": "ACTIVE",
        "runningCount": 2,
        "pendingCount": 0,
        "events": [{"id": "e"}],
        "launchType": "FARGATE",
        "roleArn": "arn:aws:iam::1:role/x/AWSServiceRoleForECS",
        "deployments": [{"status": "PRIMARY", "serviceConnectConfiguration": {"enabled": True}}],
        "createdAt": 1,
        "loadBalancers": [],
    }
    expected = {"cluster": "c", **SERVICE, "launchType": "FARGATE", "serviceConnectConfiguration": {"enabled": True}}
    for text in (described, {"service": described}, {"services": [described], "failures": []}):
        found = read(json.dumps(text)).documents
        assert [(each.kind, each.content) for each in found] == [(DocumentKind.SERVICE, expected)]
    assert shapes.validation_errors("ecs.create_service", expected) == []


def test_several_services_are_several_documents() -> None:
    found = read(json.dumps({"services": [SERVICE, {**SERVICE, "serviceName": "t"}]}))
    assert [each.name for each in found.documents] == ["s", "t"]


ECSPRESSO = """{
  "family": "f", "cpu": {{ env `CPU` `256` }},
  "containerDefinitions": [{
    "name": "web", "memory": {{ must_env `MEMORY` }},
    "image": "demo/web:{{ must_env "TAG" }}",
    "environment": [{"name": "VPC", "value": "{{ tfstate `aws_vpc.main.id` }}"}]
  }]
}"""


def test_templates_of_ecspresso_are_named_and_asked_for() -> None:
    asked = {each.name: (each.written, each.default) for each in read(ECSPRESSO).placeholders}
    assert asked == {
        "CPU": ("{{ env `CPU` `256` }}", "256"),
        "MEMORY": ("{{ must_env `MEMORY` }}", ""),
        "TAG": ('{{ must_env "TAG" }}', ""),
        "tfstate aws_vpc.main.id": ("{{ tfstate `aws_vpc.main.id` }}", ""),
    }


def test_filled_templates_have_the_type_of_the_api() -> None:
    filled = only(ECSPRESSO, values={"CPU": "512", "MEMORY": "128", "TAG": "7"})
    (web,) = filled["containerDefinitions"]
    assert (filled["cpu"], web["memory"], web["image"]) == ("512", 128, "demo/web:7")
    assert web["environment"] == [{"name": "VPC", "value": "{{ tfstate `aws_vpc.main.id` }}"}]


def test_the_configuration_of_ecspresso_says_which_files_to_paste() -> None:
    text = "region: eu-west-1\ncluster: c\nservice_definition: s.json\ntask_definition: t.json\n"
    assert refusal(text) == "This is the configuration of ecspresso, not a document of ECS."
    assert read(text).notes[0].how == "Paste the files that it names: t.json, s.json."


@pytest.mark.parametrize(
    ("written", "name", "filled"),
    [
        ("<NAME>/web", "NAME", "v/web"),
        ("x/<your image>:1", "your image", "x/v:1"),
        ("${TAG}", "TAG", "v"),
        ("a:${TAG:-latest}", "TAG", "a:v"),
        ("XXXXXXXXXXXX.dkr.ecr.eu-west-1.amazonaws.com/a", "XXXXXXXXXXXX", "v.dkr.ecr.eu-west-1.amazonaws.com/a"),
        ("{{ x }}", "x", "v"),
        ("{{.Image}}", ".Image", "v"),
        ("AXXXXB", "", "AXXXXB"),
        ("a < b > c", "", "a < b > c"),
        ("$TAG", "", "$TAG"),
    ],
)
def test_placeholders_are_found_and_filled_in_their_places_only(written: str, name: str, filled: str) -> None:
    text = json.dumps({**TASK, "containerDefinitions": [{**WEB, "image": written, "user": "v-other"}]})
    assert [each.name for each in read(text).placeholders] == ([name] if name else [])
    (web,) = only(text, values={name: "v"} if name else {})["containerDefinitions"]
    assert (web["image"], web["user"]) == (filled, "v-other")


def test_markup_in_commands_is_no_placeholder() -> None:
    command = ["/bin/sh -c 'echo <html><h1>Hello</h1></html> > index.html; <BODY>'"]
    text = json.dumps({**TASK, "containerDefinitions": [{**WEB, "command": command}]})
    assert [each.name for each in read(text).placeholders] == ["BODY"]


def test_an_empty_value_leaves_the_placeholder() -> None:
    text = json.dumps({**TASK, "executionRoleArn": "${ROLE}"})
    assert only(text, values={"ROLE": ""})["executionRoleArn"] == "${ROLE}"


def test_a_value_is_not_searched_for_placeholders_again() -> None:
    text = json.dumps({**TASK, "taskRoleArn": "${A}", "executionRoleArn": "${B}"})
    filled = only(text, values={"A": "${B}", "B": "${A}"})
    assert (filled["taskRoleArn"], filled["executionRoleArn"]) == ("${B}", "${A}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The text is empty."),
        ("  \n ", "The text is empty."),
        ("hello", "No JSON and no YAML was found in the text."),
        ("{}", "The text has no task definition, no service and no Compose services."),
        ("[]", "The text has no task definition, no service and no Compose services."),
        ("[1]", "The text has no task definition, no service and no Compose services."),
        ('{"family": "f",}', "Line 1, column 15: There is a comma too many after the last value."),
        ('{"family": "f"} {"family": "g"}', "Line 1, column 1: More JSON follows."),
        ('{"family": "f", "cpu": "1", "cpu": "2"}', 'Line 1, column 29: "cpu" is set twice: first in line 1.'),
        ('{"family": NaN}', "Line 1, column 12: NaN is not a JSON value."),
        ('{"family": "\\u0000"}', "Line 1, column 12: The character NUL cannot be stored."),
        ("[" * 100_000, "Line 1, column 62: The JSON is nested too deeply."),
        ('{"a":' * 40_000 + "1" + "}" * 40_000, "Line 1, column 306: The JSON is nested too deeply."),
        ("x" * (MOST_CHARACTERS + 1), "The text is longer than 300,000 characters."),
        ("a: {b: c, b: d}", "Line 1: the key “b” is given twice."),
        ("a: *b", "Line 1: the alias *b names nothing that ends before it."),
        (
            "a: !!python/object/apply:os.system [x]",
            "Line 1: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported.",
        ),
        ("services: {}\n", "The Compose file has no service to import."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, message: str) -> None:
    assert refusal(text).startswith(message.split("\n")[0])


def test_repeated_aliases_are_refused_before_they_are_expanded() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))
    assert "with those that aliases repeat" in refusal(f"a0: &a0 [1]\n{levels}")
    merges = "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 30))
    assert "with those that aliases repeat" in refusal(f"a0: &a0 {{k: 1}}\n{merges}")


def test_long_values_of_short_placeholders_are_limited() -> None:
    text = json.dumps({**TASK, "containerDefinitions": [{**WEB, "command": ["${A}" * 5_000]}]})
    assert read(text, Options(values={"A": "x" * 5_000})).notes[0].what == (
        "The values of the placeholders make the document too long."
    )


@given(st.text(max_size=200))
def test_reading_never_raises(text: str) -> None:
    read(text)


PIECES = st.sampled_from(
    [
        "services:",
        "\n",
        "  ",
        "web:",
        "image:",
        " x",
        "{",
        "}",
        "[",
        "]",
        ":",
        '"',
        "'",
        "- ",
        "&a",
        "*a",
        "<<:",
        "!Ref ",
        "${",
        "$$",
        "{{",
        "}}",
        "Resources:",
        "Type: AWS::ECS::Service",
        "Properties:",
        '"family"',
        '"containerDefinitions"',
        ",",
        "null",
        "1",
        "%",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
def test_reading_never_raises_on_what_looks_like_a_document(text: str, separate: bool) -> None:
    read(text, Options(separate=separate))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 70_000)
    | st.text(max_size=5)
    | st.sampled_from(["${A:-1}", "80:80", "1m", "<X>"]),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "image",
                    "ports",
                    "environment",
                    "healthcheck",
                    "test",
                    "deploy",
                    "resources",
                    "limits",
                    "volumes",
                    "depends_on",
                    "target",
                    "source",
                    "type",
                    "secrets",
                    "Ref",
                    "Fn::Sub",
                    "Fn::Join",
                    "Fn::If",
                    "name",
                    "value",
                    "options",
                    "extends",
                    "service",
                ]
            ),
            inside,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2), st.booleans())
def test_reading_never_raises_on_a_compose_file(services: dict[str, Any], separate: bool) -> None:
    read(json.dumps({"services": services, "volumes": services, "secrets": services}), Options(separate=separate))


@given(VALUES, VALUES)
def test_reading_never_raises_on_a_template(properties: Any, parameters: Any) -> None:
    resources = {
        name: {"Type": f"AWS::ECS::{name}", "Properties": properties} for name in ("Service", "TaskDefinition")
    }
    read(json.dumps({"Resources": resources, "Parameters": parameters, "Mappings": parameters}))


@given(VALUES)
def test_reading_never_raises_on_answers_of_ecs(value: Any) -> None:
    read(json.dumps({"taskDefinition": {"family": value, "containerDefinitions": [value]}, "tags": value}))
    read(
        json.dumps(
            {"services": [{"serviceName": value, "deployments": value, "roleArn": value, "loadBalancers": value}]}
        )
    )


def test_many_notes_are_limited() -> None:
    properties = {"ContainerDefinitions": [{"Name": "a", "Image": "b", **{f"Odd{n}": 1 for n in range(1_200)}}]}
    notes = read(json.dumps(properties)).notes
    assert len(notes) == 1_001
    assert notes[-1].what == "200 more notes are not shown."


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {image: '" + "${" * 100_000 + "'}}",
        "services: {a: {image: '" + "${A:-" * 40_000 + "'}}",
        "services: {a: {image: '" + "$A" * 100_000 + "'}}",
        '{"family": "' + "<" * 250_000 + '"}',
        '{"family": "' + "<a " * 90_000 + '"}',
        '{"family": "' + "${a-" * 70_000 + '"}',
        '{"family": ' + "{{" * 140_000,
        "services: {a: {image: i, ports: [" + "1," * 20_000 + "]}}",
        "a: &a\n" + " " * 290_000 + "b",
        "'" * 250_000,
        "\n{" * 100_000,
    ],
    ids=["open", "nested", "many", "angles", "words", "dashes", "templates", "ports", "blanks", "quotes", "lines"],
)
def test_reading_hostile_text_takes_little_time(text: str) -> None:
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 10  # the slowest needs a second
