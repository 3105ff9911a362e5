"""The form and the JSON of a task definition say the same, and nothing is lost between them."""

import json
from typing import Any

import pytest
from django.http import QueryDict
from services.forms.task_definition.build import build

from ecsdash.access.models import User
from ecsdash.inventory.scope import Scope
from ecsdash.operations.actions import ActionContext
from services.forms.task_definition import masked_values, text
from services.forms.task_definition.form import BOTH_CHANGED, RegisterTaskDefinitionForm, reworked
from tests.services.definitions import container, fargate, form_data, rich
from tests.users import make_account


@pytest.fixture
def context(operator: User) -> ActionContext:
    account = make_account("demo", name="Demo", account_id="123456789012", regions=["eu-central-1"])
    return ActionContext(Scope(account, "eu-central-1"), operator)


def form(data: QueryDict, context: ActionContext) -> RegisterTaskDefinitionForm:
    return RegisterTaskDefinitionForm(data, context=context)


def said(data: QueryDict, field: str = "json") -> Any:
    return json.loads(str(data[field]))


@pytest.mark.parametrize("definition", [fargate(), rich()], ids=["small", "rich"])
def test_what_goes_through_the_form_comes_back_unchanged(definition: dict[str, Any], context: ActionContext) -> None:
    assert form(form_data(definition), context).definition() == definition


def test_an_untouched_new_form_is_synchronized_with_its_json(context: ActionContext) -> None:
    fresh = RegisterTaskDefinitionForm(context=context)
    data = form_data(json.loads(fresh.initial["json"]))
    assert form(data, context).definition() == json.loads(fresh.initial["base"])


def test_a_changed_field_changes_the_json(context: ActionContext) -> None:
    data = form_data(rich(), sync="preview")
    data["containers-0-image"] = "shop/web:2"
    answer = reworked(context, data)
    assert answer is not None
    expected = rich()
    expected["containerDefinitions"][0]["image"] = "shop/web:2"
    assert said(answer) == said(answer, "base") == expected


def test_changed_json_changes_the_fields(context: ActionContext) -> None:
    changed = fargate(container(image="shop/web:2", command=["run", "two words"]))
    answer = reworked(context, form_data(fargate(), sync="form", json=json.dumps(changed)))
    assert answer is not None
    assert answer["containers-0-image"] == "shop/web:2"
    assert answer["containers-0-command"] == "run 'two words'"


def test_json_that_was_changed_alone_is_what_is_registered(context: ActionContext) -> None:
    changed = fargate(container(image="shop/web:2"), runtimePlatform={"cpuArchitecture": "ARM64"})
    filled = form(form_data(fargate(), json=json.dumps(changed)), context)
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["definition"] == changed


def test_a_form_and_json_that_were_both_changed_are_not_guessed_at(context: ActionContext) -> None:
    data = form_data(fargate(), json=json.dumps(fargate(container(image="shop/web:2"))))
    data["family"] = "other"
    filled = form(data, context)
    assert not filled.is_valid()
    assert filled.errors["json"] == [BOTH_CHANGED]


def test_a_preview_leaves_json_alone_that_is_being_changed(context: ActionContext) -> None:
    answer = reworked(context, form_data(fargate(), sync="preview", json='{"family": "half'))
    assert answer is not None
    assert answer["json"] == '{"family": "half'


def test_json_from_form_gives_up_what_was_typed_into_the_json(context: ActionContext) -> None:
    answer = reworked(context, form_data(fargate(), sync="json", json='{"family": "half'))
    assert answer is not None
    assert said(answer) == fargate()


def test_a_renamed_container_keeps_what_the_form_does_not_show(context: ActionContext) -> None:
    data = form_data(rich())
    data["containers-0-name"] = "site"
    assert form(data, context).definition()["containerDefinitions"][0]["linuxParameters"] == {
        "initProcessEnabled": True
    }


def test_an_added_container_begins_with_logs_and_is_essential(context: ActionContext) -> None:
    answer = reworked(context, form_data(fargate(), add="containers"))
    assert answer is not None
    assert answer["containers-TOTAL_FORMS"] == "2"
    assert (answer["containers-1-essential"], answer["containers-1-logs"]) == ("on", "awslogs")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{\n  "family": "web",\n  "cpu": 256,,\n}', "Line 3, column 14"),
        ('{\n  "family": "web"\n  "cpu": "256"\n}', "Line 3, column 3: a comma is missing"),
        ("[]", "Line 1: a task definition must be a JSON object"),
        (
            '{\n  "family": "web",\n  "containerDefinitions": [],\n  "colour": "red"\n}',
            'Line 4: ECS does not support "colour"',
        ),
        ('{\n  "family": "web",\n  "containerDefinitions": [\n    {"name": "web", "cpu": "much"}\n  ]\n}', "Line 4:"),
        ('{\n  "containerDefinitions": []\n}', 'Missing required parameter in input: "family"'),
    ],
)
def test_wrong_json_is_refused_with_its_line(written: str, said: str, context: ActionContext) -> None:
    filled = form(form_data(fargate(), json=written), context)
    assert not filled.is_valid()
    assert any(said in message for message in filled.errors["json"]), filled.errors["json"]


def test_what_describe_task_definition_answers_can_be_pasted(context: ActionContext) -> None:
    answer = {"taskDefinition": {**fargate(), "revision": 7, "status": "ACTIVE"}, "tags": [{"key": "a", "value": "b"}]}
    assert text.parse(json.dumps(answer)) == {**fargate(), "tags": [{"key": "a", "value": "b"}]}


def test_a_masked_value_that_never_was_another_is_refused() -> None:
    shown = fargate(container(environment=[{"name": "NEW_PASSWORD", "value": "•••"}]))
    with pytest.raises(masked_values.StillMasked, match="environment"):
        masked_values.restore(shown, fargate())


def test_a_port_that_was_still_empty_in_a_preview_leaves_nothing_behind() -> None:
    half_written = fargate(container("web", "nginx:1", portMappings=[{"hostPort": 0}]))
    fields = {"family": "web", "containers": [{"name": "web", "image": "nginx:1", "ports": [{"container_port": 80}]}]}
    made = build(fields, half_written, "eu-central-1")
    assert made["containerDefinitions"][0]["portMappings"] == [{"containerPort": 80}]
