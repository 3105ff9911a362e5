"""botocore's models: members by their places, and their JSON Schema."""

import json
from typing import Any

import pytest

from ecsdash.aws.json_schema import DRAFT, json_schema
from ecsdash.aws.shapes import EVERY, Shape, input_shape, patterns, plain_text

CALLS = (
    "ecs.register_task_definition", "ecs.create_service", "ecs.update_service", "ecs.run_task", "ecs.create_cluster",
    "ecs.create_capacity_provider",
)  # fmt: skip


def test_members_are_found_by_their_places() -> None:
    found = patterns("ecs.register_task_definition")
    assert found["/family"].kind == "string"
    assert found["/containerDefinitions/*/healthCheck/command"].kind == "list"
    assert found["/containerDefinitions/*/healthCheck"].required == ("command",)
    assert found["/networkMode"].enum == ("bridge", "host", "awsvpc", "none")
    assert found["/inferenceAccelerators"].deprecated
    assert "/containerDefinitions/*/dockerLabels/*" not in found


def test_limits_of_the_model_are_read() -> None:
    weight = patterns("ecs.create_service")["/capacityProviderStrategy/*/weight"]
    assert (weight.least, weight.most) == (0, 1000)


def test_a_shape_that_contains_itself_ends() -> None:
    conditions = patterns("dynamodb.put_item")
    assert conditions
    assert any(each.recursive for each in conditions.values()) or any(
        each.entry is not None and each.entry.recursive for each in conditions.values()
    )


def test_any_json_is_a_document() -> None:
    hook = patterns("ecs.create_service")["/deploymentConfiguration/lifecycleHooks/*/hookDetails"]
    assert (hook.kind, dict(hook.members)) == ("document", {})


@pytest.mark.parametrize("call", CALLS)
def test_the_schema_has_the_members_of_the_model(call: str) -> None:
    schema = json_schema(call)
    assert schema["$schema"] == DRAFT
    assert {place for place, _ in _places(schema, "")} == set(patterns(call))
    assert "<" not in json.dumps(
        [each.get("description", "").replace("<region", "") for _, each in _places(schema, "")]
    )
    assert len(json.dumps(schema)) < 60_000


def _places(schema: dict[str, Any], place: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, member in schema.get("properties", {}).items():
        found += [(f"{place}/{name}", member), *_places(member, f"{place}/{name}")]
    inner = schema.get("items") or schema.get("additionalProperties")
    return [*found, *_places(inner, f"{place}/{EVERY}")] if isinstance(inner, dict) else found


def test_the_schema_says_what_the_model_says() -> None:
    check = json_schema("ecs.register_task_definition")["properties"]["containerDefinitions"]["items"]["properties"]
    assert check["healthCheck"]["required"] == ["command"]
    assert check["healthCheck"]["additionalProperties"] is False
    assert check["dockerLabels"]["additionalProperties"] == {"type": "string"}
    assert check["portMappings"]["items"]["properties"]["protocol"]["enum"] == ["tcp", "udp"]


@pytest.mark.parametrize(
    ("documentation", "text"),
    [
        ("<p>The <code>name</code> of\n  it.</p>", "The name of it."),
        ("a &lt;region&gt; &amp; b", "a <region> & b"),
        ("", ""),
        ("<" * 50_000, ""),
    ],
)
def test_documentation_becomes_plain_text(documentation: str, text: str) -> None:
    assert plain_text(documentation) == text


def test_a_shape_is_read_once() -> None:
    first: Shape = input_shape("ecs.run_task")
    assert input_shape("ecs.run_task") is first
