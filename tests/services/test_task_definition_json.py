"""The form and the JSON of a task definition are one document, and nothing is lost between them."""

import json
from typing import Any

import pytest
from django.http import QueryDict

from ecsdash.access.models import User
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.document_forms import CONFLICT
from ecsdash.web.forms.document.findings import FindingLevel
from ecsdash.web.forms.document.state import resolve
from services.forms.task_definition import masked_values, text
from services.forms.task_definition.declaration import TASK_DEFINITION
from services.forms.task_definition.form import RegisterTaskDefinitionForm
from tests.services.definitions import container, fargate, form_data, rich
from tests.users import make_account

WEB = "/containerDefinitions/0"
BASE: dict[str, Any] = {
    "family": "f", "containerDefinitions": [{"name": "app", "image": "demo/app:1.0", "memory": 128}],
}  # fmt: skip


@pytest.fixture
def context(operator: User) -> ActionContext:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    return ActionContext(Scope(account, "eu-central-1"), operator)


def form(data: QueryDict, context: ActionContext) -> RegisterTaskDefinitionForm:
    return RegisterTaskDefinitionForm(data, context=context)


def edited(definition: dict[str, Any], changes: dict[str, Any] | None = None, **more: str) -> dict[str, Any]:
    """Return the definition after its form was shown, changed and posted."""
    data = form_data(definition, **more)
    for name, value in (changes or {}).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    state = resolve(TASK_DEFINITION, data)
    assert state.usable, (state.syntax, state.findings)
    return state.document


def of_app(**members: Any) -> dict[str, Any]:
    return {**BASE, "containerDefinitions": [{**BASE["containerDefinitions"][0], **members}]}


@pytest.mark.parametrize(
    "definition",
    [
        fargate(),
        rich(),
        of_app(command=["sh", "-c", "a\nb"]),
        of_app(environment=[{"name": "A", "value": "a\r\nb"}, {"name": "A", "value": ""}, {"name": "B"}]),
        of_app(healthCheck={"command": ["CMD-SHELL", "  curl -f x  "]}),
        of_app(healthCheck={"command": ["/healthcheck"]}),
        of_app(memory="${MEM}"),
        of_app(logConfiguration=None, ulimits=None, mountPoints=[{"sourceVolume": "v", "readOnly": None}]),
        of_app(dependsOn=[{"containerName": "b", "condition": "healthy"}]),
        of_app(portMappings=[{"containerPortRange": "1-2"}, {"containerPortRange": "5-9"}]),
        of_app(dockerLabels={"z": "1", "a": "2", "": "3"}),
        {**BASE, "networkMode": "default"},
        {**BASE, "cpu": "512MB", "memory": ".5 GB"},
        {**BASE, "requiresCompatibilities": ["EXTERNAL"]},
        {**BASE, "requiresCompatibilities": ["fargate"]},
        {**BASE, "volumes": "none", "tags": [1, None, {}], "containerDefinitions": [{"linuxParameters": "x"}, []]},
        {},
    ],
)
def test_what_goes_through_the_form_comes_back_byte_for_byte(definition: dict[str, Any]) -> None:
    assert json.dumps(edited(definition)) == json.dumps(definition)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({f"{WEB}/name": "renamed"}, ("containerDefinitions", 0, "name")),
        ({f"{WEB}/portMappings/0/containerPort": "9090"},
         ("containerDefinitions", 0, "portMappings", 0, "containerPort")),
        ({f"{WEB}/mountPoints/0/sourceVolume": "other"}, ("containerDefinitions", 0, "mountPoints", 0, "sourceVolume")),
        ({"/volumes/0/name": "renamed"}, ("volumes", 0, "name")),
        ({f"{WEB}/logConfiguration/options/awslogs-group": "/x"},
         ("containerDefinitions", 0, "logConfiguration", "options", "awslogs-group")),
        ({"/networkMode": "host"}, ("networkMode",)),
        ({"/tags/0/value": "other"}, ("tags", 0, "value")),
    ],
)  # fmt: skip
def test_a_changed_field_leaves_every_other_member(changes: dict[str, str], place: tuple[Any, ...]) -> None:
    expected: Any = rich()
    target = expected
    for step in place[:-1]:
        target = target[step]
    (typed,) = changes.values()
    target[place[-1]] = int(typed) if typed.isdigit() else typed
    assert json.dumps(edited(rich(), changes)) == json.dumps(expected)


@pytest.mark.parametrize("size", ["${MEM}", "512MB", "a lot"])
def test_a_size_that_is_none_stays_as_typed_and_is_refused_at_its_place(size: str, context: ActionContext) -> None:
    data = form_data(of_app())
    data[f"{WEB}/memoryReservation"] = size.replace("512MB", "512 XB")
    filled = form(data, context)
    assert not filled.is_valid()
    assert [each.finding.pointer for each in filled.problems] == [f"{WEB}/memoryReservation"]
    assert filled.state.document["containerDefinitions"][0]["memoryReservation"] == data[f"{WEB}/memoryReservation"]


@pytest.mark.parametrize("preset", ["firelens", "xray", "adot", "cloudwatch-agent"])
def test_a_side_car_is_added_and_valid(preset: str, context: ActionContext) -> None:
    start = fargate(container(), cpu="1024", memory="2048")
    made = edited(start, op=f"preset:/containerDefinitions#{preset}")
    assert len(made["containerDefinitions"]) == 2
    blocking = [
        each.pointer
        for each in form(form_data(made), context).findings
        if each.level is FindingLevel.BLOCK and not each.pointer.startswith("/executionRoleArn")
    ]
    assert blocking == []


def test_log_settings_of_a_driver_are_filled_in_by_a_button() -> None:
    made = edited(fargate(), op=f"fill:{WEB}#logs/splunk")
    assert made["containerDefinitions"][0]["logConfiguration"]["logDriver"] == "splunk"


def test_awslogs_without_group_and_region_are_filled_in_only_when_asked(context: ActionContext) -> None:
    definition = fargate(container(logConfiguration={"logDriver": "awslogs"}), executionRoleArn="")
    filled = form(form_data(definition), context)
    options = {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1"}
    assert filled.completed["containerDefinitions"][0]["logConfiguration"]["options"] == options
    said = [each.what for each in filled.findings if each.level is FindingLevel.OK]
    assert said == ["Filled in on review: /ecs/web", "Filled in on review: eu-central-1"]
    unasked = form_data(definition)
    del unasked["fill_logs"]
    assert form(unasked, context).completed == definition


def test_both_changed_sides_are_not_guessed_at(context: ActionContext) -> None:
    data = form_data(fargate(), json=json.dumps(fargate(container(image="shop/web:2"))))
    data["/family"] = "other"
    filled = form(data, context)
    assert not filled.is_valid()
    assert filled.errors["json"] == [CONFLICT]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{\n  "family": "web",\n  "cpu": 256,,\n}', "Line 3, column 14"),
        ('{\n  "family": "web",\n  "family": "x"\n}', 'Line 3, column 3: "family" is set twice'),
        ("[]", "Line 1, column 1: This is not a task definition."),
        ("some words", "Line 1, column 1: some is not a JSON value."),
    ],
)
def test_text_that_is_no_task_definition_is_refused_with_its_line(
    written: str, said: str, context: ActionContext
) -> None:
    filled = form(form_data(fargate(), json=written), context)
    assert not filled.is_valid()
    assert any(said in message for message in filled.errors["json"]), filled.errors["json"]


@pytest.mark.parametrize(
    "written",
    [
        {"taskDefinition": fargate(revision=7, status="ACTIVE"), "tags": [{"key": "a", "value": "b"}]},
        fargate(tags=[{"key": "a", "value": "b"}], revision=7),
    ],
)
def test_what_describe_task_definition_answers_can_be_pasted(written: Any) -> None:
    found = text.read("\ufeff" + json.dumps(written))
    assert found.document == {**fargate(), "tags": [{"key": "a", "value": "b"}]}
    assert found.notes


def test_a_masked_value_that_never_was_another_is_refused() -> None:
    shown = fargate(container(environment=[{"name": "NEW_PASSWORD", "value": "•••"}]))
    with pytest.raises(masked_values.StillMasked, match="environment"):
        masked_values.restore(shown, fargate())
